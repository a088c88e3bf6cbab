"""Thoughts in tags are separated from the answer, wherever the chunks are cut."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatsite.completions.thinking import ThinkSplitter, read_apart, told_apart


def split(*pieces: str) -> tuple[str, str]:
    splitter = ThinkSplitter()
    found = [splitter.split(piece) for piece in pieces] + [splitter.rest()]
    return "".join(text for text, _ in found), "".join(thought for _, thought in found)


ANSWERS = {
    "Hello": ("Hello", ""),
    "<think>Hm</think>Hello": ("Hello", "Hm"),
    "\n <think>\nHm\n</think>\n\nHello": ("\n\nHello", "\nHm\n"),
    "<think></think>Hello": ("Hello", ""),
    "<think>a <think> b</think>Hello": ("Hello", "a <think> b"),
    "<think>Hm</think>one</think>two<think>": ("one</think>two<think>", "Hm"),
    "Say <think>no</think>": ("Say <think>no</think>", ""),
    "<think>never closed </thin": ("", "never closed </thin"),
    "<thinking>": ("", ""),
    "<thinking>Hm</think></thinking>Hello": ("Hello", "Hm</think>"),
    "<Thought>Hm</thought>Hello": ("Hello", "Hm"),
    "<reasoning>Hm</reasoning>Hello": ("Hello", "Hm"),
    "[THINK]Hm[/THINK]Hello": ("Hello", "Hm"),
    "[thinker] Hm": ("[thinker] Hm", ""),
    "◁think▷Hm◁/think▷Hello": ("Hello", "Hm"),
    "<seed:think>Hİ</seed:think>Hello": ("Hello", "Hİ"),
    "<|begin_of_thought|>Hm<|end_of_thought|>Hello": ("Hello", "Hm"),
    "<|START_THINKING|>Hm<|END_THINKING|>Hello": ("Hello", "Hm"),
    "<unused94>thought\nHm<unused95>Hello": ("Hello", "\nHm"),
    "<longcat_think>Hm</longcat_think>Hello": ("Hello", "Hm"),
    "<|inner_prefix|>Hm<|inner_suffix|>Hello": ("Hello", "Hm"),
    "<|START_THINKING|>Hm<|END_THINKING|><|START_RESPONSE|>Hello<|END_RESPONSE|>": ("Hello", "Hm"),
    "<|START_RESPONSE|>Hello<|END_RESPONSE|>": ("Hello", ""),
    "<|START_THINKING|><|END_THINKING|>\n<|START_RESPONSE|>Hello <|END_RESP": ("Hello <|END_RESP", ""),
    "<|begin_of_thought|>Hm<|end_of_thought|>\n\n<|begin_of_solution|>\nHello\n<|end_of_solution|>\n": (
        "\nHello\n\n",
        "Hm",
    ),
    "<think>Hm</think>\n<|st": ("\n<|st", "Hm"),
    "<think>Hm</think><think>Hello": ("<think>Hello", "Hm"),
    "Say <|START_RESPONSE|>": ("Say <|START_RESPONSE|>", ""),
    "\ufeff<think>Hm</think>Hello": ("Hello", "Hm"),
    "\u200b\n\u2060<thinking>Hm</thinking>\ufeff<|START_RESPONSE|>Hello": ("Hello", "Hm"),
    "\ufeff<|channel|>final<|message|>Hello": ("Hello", ""),
    "\ufeffHello": ("\ufeffHello", ""),
    "<|channel|>analysis<|message|>Hm <|x|><|end|><|start|>assistant<|channel|>final<|message|>Hello<|return|>": (
        "Hello",
        "Hm <|x|>",
    ),
    "<|channel|>final<|message|>Hello <| you": ("Hello <| you", ""),
    "<|start|>assistant<|channel|>analysis<|message|>Hm": ("", "Hm"),
    "<|channel|>analysis<|message|>Hm<|end|><|start|>assistant<|channel|>commentary to=functions.f "
    '<|constrain|>json<|message|>{"a": 1}<|call|>': ("", 'Hm\n\n{"a": 1}'),
    "<|channel|>analysis<|message|>Hm<|end|>Hello": ("<|end|>Hello", "Hm"),
    "<|channel|> is a mark": ("<|channel|> is a mark", ""),
    "<|channel|>" + "x" * 250: ("<|channel|>" + "x" * 250, ""),
    "<| pipe": ("<| pipe", ""),
    "<thi": ("<thi", ""),
    "  ": ("  ", ""),
    "": ("", ""),
}


@pytest.mark.parametrize(("text", "expected"), ANSWERS.items())
def test_an_answer_is_split_the_same_at_every_cut(text: str, expected: tuple[str, str]) -> None:
    assert split(*text) == split(text) == expected
    for cut in range(len(text) + 1):
        assert split(text[:cut], text[cut:]) == expected


def test_blanks_without_end_are_not_held_back_for_ever() -> None:
    splitter = ThinkSplitter()
    assert sum(len(splitter.split("\n")[0]) for _ in range(5000)) == 5000


ORPHANS = {
    "Hm.\n</think>\n\nBlue.": ("\n\nBlue.", "Hm.\n"),
    "Hm.</think>Blue.": ("Blue.", "Hm."),
    "</think>Blue.": ("Blue.", ""),
    "Hm.[/THINK]Blue.": ("Blue.", "Hm."),
    "Hm.</thinking>Blue </think>.": ("Blue </think>.", "Hm."),
    "It is `</think>`, no?\n</think>Blue.": ("Blue.", "It is `</think>`, no?\n"),
    "Hm.<|end|><|start|>assistant<|channel|>final<|message|>Blue.": ("Blue.", "Hm."),
    'He said "so"</think>Blue.': ("Blue.", 'He said "so"'),
    "```\ncode\n```\n</think>Blue.": ("Blue.", "```\ncode\n```\n"),
    "```x``` is code.\n</think>Blue.": ("Blue.", "```x``` is code.\n"),
    "````\n```\n</think>\n```\n````\n</think>Blue.": ("Blue.", "````\n```\n</think>\n```\n````\n"),
    "~~~\n```\n~~~\n</think>Blue.": ("Blue.", "~~~\n```\n~~~\n"),
    "```\ncode\n```</think>Blue.": ("Blue.", "```\ncode\n```"),
    "> ```\n> </think>\n> ```\n": ("> ```\n> </think>\n> ```\n", ""),
    "`</think>` " * 7 + "Hm.</think>Blue.": ("Blue.", "`</think>` " * 7 + "Hm."),
    "`</think>` " * 8 + "Hm.</think>Blue.": ("`</think>` " * 8 + "Hm.</think>Blue.", ""),
    "Say <think>no</think>.": ("Say <think>no</think>.", ""),
    "The tag `</think>` closes it.": ("The tag `</think>` closes it.", ""),
    'The tag "</think>" closes it.': ('The tag "</think>" closes it.', ""),
    "```\n</think>\n```\n": ("```\n</think>\n```\n", ""),
    "Blue.": ("Blue.", ""),
    "": ("", ""),
}


@pytest.mark.parametrize(("text", "expected"), ORPHANS.items())
def test_what_stands_before_a_closing_tag_alone_is_reasoning(text: str, expected: tuple[str, str]) -> None:
    assert told_apart(text) == expected
    assert read_apart(("text", character) for character in text) == expected


def test_reasoning_that_came_apart_leaves_tags_alone() -> None:
    assert told_apart("Hm.</think>Blue.", "Well.") == ("Hm.</think>Blue.", "Well.")


def test_reasoning_that_comes_after_the_tag_leaves_it_one() -> None:
    pieces = [("text", "Hm.</think>Bl"), ("reasoning", "Well."), ("text", "ue.")]
    assert read_apart(pieces) == ("Blue.", "Hm.Well.")


@pytest.mark.parametrize(
    "piece",
    [
        "`</think>`\n",
        "<think",
        '"<think>',
        '"<think>\n',
        "`<think>`",
        "```\n",
        "``` `<think>`\n",
        '"</think>',
        "<|end|>",
        "</thinkk>",
    ],
)
def test_no_answer_takes_long_to_tell_apart(piece: str) -> None:
    begun = process_time()
    told_apart(piece * 50_000)
    assert process_time() - begun < 2


@given(
    st.lists(st.sampled_from(["<think>", "</think>", "<", "</", "think", ">", " ", "a"]), max_size=12),
    st.integers(1, 5),
)
def test_no_character_of_any_answer_is_lost(parts: list[str], size: int) -> None:
    text = "".join(parts)
    answer, thought = split(*(text[at : at + size] for at in range(0, len(text), size)))
    start = text.lstrip()
    if not start.startswith("<think>"):
        assert (answer, thought) == (text, "")
    else:
        inside, _, after = start.removeprefix("<think>").partition("</think>")
        assert (answer, thought) == (after, inside)
