"""What is asked for a title, and what models really answer."""

import time

import pytest

from chatsite.conversations.title_request import MAX_WORDS, title_in, title_request


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        ("Sorting lists in Python", "Sorting lists in Python"),
        ('"Sorting lists"', "Sorting lists"),
        ("Sorting lists.", "Sorting lists"),
        ("Title: Sorting lists", "Sorting lists"),
        ('**Title:** "Sorting lists"', "Sorting lists"),
        ("**Sorting lists**", "Sorting lists"),
        ("# Sorting lists\n\nThis title is short.", "Sorting lists"),
        ("Here's a title for the conversation: Sorting lists", "Sorting lists"),
        ("Sure! Here is a title:\n\n“Sorting lists”", "Sorting lists"),
        ("1. Sorting lists\n2. Lists, sorted", "Sorting lists"),
        ("```\nSorting lists\n```", "Sorting lists"),
        ('{"title": "Sorting lists"}', "Sorting lists"),
        ('{"Title": "Sorting lists", "tags": {"a": 1}} I hope it helps.', "Sorting lists"),
        (r'{"title": "Sorting \ud83d\u0000lists \ud83d\ude42"}', "Sorting \ufffdlists 🙂"),
        ('Parsing {"a": 1} in Python', 'Parsing {"a": 1} in Python'),
        ('```json\n{"title": "Sorting lists"}\n```', "Sorting lists"),
        ("<title>Sorting lists</title>", "Sorting lists"),
        ("<think>A list.\nSorting.</think>\n\nSorting lists", "Sorting lists"),
        ("A list. Sorting.\n</think>\nSorting lists", "Sorting lists"),
        (
            "<|channel|>analysis<|message|>A list.<|end|><|channel|>final<|message|>Sorting lists",
            "Sorting lists",
        ),
        ("Life in the U.S.", "Life in the U.S."),
        ("“Hamlet” and “Macbeth”", "“Hamlet” and “Macbeth”"),
        ("Titel: Listen sortieren", "Listen sortieren"),
        ("Titre : Trier des listes", "Trier des listes"),
        ("标题：《人工智能》", "人工智能"),
        ("「並べ替え」", "並べ替え"),
        ("أفضل طرق تعلم البرمجة", "أفضل طرق تعلم البرمجة"),
        ("Sorting 🎉", "Sorting 🎉"),
        ("Sorting\0 li\ud800sts", "Sorting li\ufffdsts"),
    ],
)
def test_the_title_is_found_in_what_a_model_says(answer, title):
    assert title_in(answer) == title


@pytest.mark.parametrize(
    "answer",
    [
        "", "  \n ", "...", "“”", "Untitled", "New chat", "<think>It never ends", "Title:", "```\n```", "{}", "null",
        '{"title": ["Sorting"]}', '{"title": "Sorting li', '{"name": "Sorting"}', '```json\n{"title": null}\n```',
        "I'm sorry, but I can't help with that.", "I cannot title this.", "Es tut mir leid, das kann ich nicht.",
        "抱歉，我无法", "As an AI, I have no opinion.", "To sort a list, " + "call sorted and then " * 9,
    ],
)  # fmt: skip
def test_what_is_no_title_is_left_alone(answer):
    assert title_in(answer) == ""


def test_a_long_title_is_cut_at_a_word():
    title = title_in("A Comprehensive Guide to Sorting Lists in Python Programming")
    assert title == "A Comprehensive Guide to Sorting Lists…" and len(title.split()) == MAX_WORDS
    assert (
        title_in("人工智能在医疗领域应用的文章要求包括诊断治疗药物研发以及医院管理")
        == "人工智能在医疗领域应用的文章要求包括诊断治疗药…"
    )


@pytest.mark.parametrize(
    "answer", ["[" * 5000, '{"title": ' + "[" * 5000, "<think>" * 500, "“" * 2000, "the " * 2000, "**" * 2000]
)
def test_a_strange_answer_is_read_in_no_time(answer):
    assert len(title_in(answer)) <= 60


def test_a_request_is_short_and_has_the_end_of_a_long_question():
    ((message),) = title_request("code " * 10_000 + "Why does it fail?", "Because. " * 10_000)
    assert message["role"] == "user" and len(message["content"]) < 3000
    assert "Why does it fail?" in message["content"] and "Because." in message["content"]


@pytest.mark.parametrize("piece", ["<think ", "<title", "<|", "the ", '{"', "[a]("])
def test_an_answer_that_comes_at_once_and_is_very_long_is_read_no_further_than_a_title(piece):
    begun = time.process_time()
    title_in(piece * 50_000)
    assert time.process_time() - begun < 5
