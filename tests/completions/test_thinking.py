"""Thoughts in tags are told from the answer, wherever the chunks are cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatsite.completions.thinking import ThinkSplitter


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
    "<thinking>": ("<thinking>", ""),
    "<thi": ("<thi", ""),
    "  ": ("  ", ""),
    "": ("", ""),
}


@pytest.mark.parametrize(("text", "expected"), ANSWERS.items())
def test_an_answer_is_split_the_same_at_every_cut(text: str, expected: tuple[str, str]) -> None:
    assert split(*text) == split(text) == expected
    for cut in range(len(text) + 1):
        assert split(text[:cut], text[cut:]) == expected


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
