"""The first title of a conversation: the first words of what a person wrote."""

import pytest

from chatsite.conversations.titles import TITLE_CHARACTERS, title_from

FAMILY, FLAG = "👩‍👩‍👧‍👦", "🇩🇪"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("```python\nprint('hi')\n```\nWhy does this fail?", "Why does this fail?"),
        ("Explain this code:\n```js\nlet a\n```", "Explain this code"),
        ("```python\nimport os\n```", "import os"),
        ("```print(1)``` prints what?", "print(1) prints what?"),
        ("~~~\nx = 1", "x = 1"),
        ("# **Big** plan\n\nMore.", "Big plan"),
        ("- [ ] buy *milk*", "buy milk"),
        ("1. first\n2. second", "first"),
        ("***very*** __bold__ ~~gone~~", "very bold gone"),
        ("snake_case_name and `code`", "snake_case_name and code"),
        ("What is 2*3*4?", "What is 2*3*4?"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a b"),
        ("[click here](https://x.example/?q=1) now", "click here now"),
        ("![a cat](cat.png) Which breed?", "a cat Which breed?"),
        ("Hi,\nhow do I sort a list?", "Hi, how do I sort a list?"),
        ("Dear all,", "Dear all"),
        ("> he said\n> that\n\nI think he is wrong.", "I think he is wrong."),
        ("> only quoted", "only quoted"),
        ("See https://www.example.com/page?utm=1#top.", "See example.com/page"),
        ("日本語の文章です。", "日本語の文章です。"),
        ("\u202eevil\u2066", "evil"),
        ("a\tb\r\nc", "a b"),
        ("???", "???"),
        ("!!!\nwhat", "what"),
        ("   \n\n  x", "x"),
        ("🎉", "🎉"),
        ("---\nBody", "Body"),
        ("```\n```", "```"),
        ("***", "***"),
        ("", ""),
    ],
)
def test_a_title_is_the_first_words_without_markdown(text, title):
    assert title_from(text) == title


@pytest.mark.parametrize(
    "text",
    [
        "word " * 100, "W" * 300, "Donaudampfschifffahrt" * 9, "请帮我写一篇关于人工智能的文章，" * 9,
        "مرحبا كيف يمكنني أن أتعلم البرمجة " * 9, "हिन्दी " * 60, FAMILY * 60, FLAG * 99,
        "https://example.com/" + "a/" * 200, "e\u0301" * 99, "?!" * 99,
        "ภาษาไทยไม่มีการเว้นวรรค" * 9, "x" * 100_000, "👍🏽" * 99,
    ],
)  # fmt: skip
def test_a_long_title_is_cut_and_says_so(text):
    title = title_from(text)
    assert title.endswith("…") and TITLE_CHARACTERS * 0.3 < len(title) <= TITLE_CHARACTERS


def test_a_title_is_cut_between_words():
    assert title_from("word " * 100) == "word " * 15 + "word…"


def test_chinese_is_cut_between_characters_and_not_left_at_a_comma():
    assert title_from("人" * 70 + "，" + "工" * 70) == "人" * 70 + "，" + "工" * 8 + "…"
    assert title_from("人" * 78 + "，" + "工" * 70) == "人" * 78 + "…"


@pytest.mark.parametrize("character", [FAMILY, FLAG, "👍🏽", "e\u0301", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "क्ष"])
def test_no_character_is_cut_in_two(character):
    for before in range(len(character)):
        title = title_from("." * before + character * 99).strip("…").lstrip(".")
        assert title and title.replace(character, "") == ""


def test_an_address_is_shortened_and_the_words_behind_it_stay():
    address = "https://en.wikipedia.org/wiki/" + "Very_long_name_" * 9
    assert title_from(f"Summarise {address} in German") == "Summarise en.wikipedia.org/wiki… in German"
