"""Texts of other programs that were made to cost much: the time to read one grows with its length alone."""

import time

import pytest

from chatsite.history.exchange.formats import open_webui
from chatsite.history.exchange.records import Tally
from chatsite.history.exchange.texts import without_markers

MAX_SECONDS = 5


def answer_of_open_webui(text):
    return open_webui._without_details(text, Tally())


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (without_markers, '\ue200entity\ue202["a","b"' * 10_000),
        (without_markers, "\ue200" * 100_000),
        (answer_of_open_webui, '<details type="reasoning" ' * 10_000),
        (answer_of_open_webui, "<details " * 20_000),
        (answer_of_open_webui, '<details type="reasoning">' + "<summary>" * 20_000 + "</details>"),
        (answer_of_open_webui, '<details type="reasoning">' + " " * 100_000 + "</details>"),
    ],
)
def test_a_text_of_open_marks_is_read_at_once(read, text):
    begun = time.process_time()
    read(text)
    assert time.process_time() - begun < MAX_SECONDS


def test_an_entity_becomes_its_name_and_other_marks_go():
    text = (
        'See \ue200entity\ue202["city","Paris","in France"]\ue201, \ue200cite\ue202turn0\ue201and \ue200open'
    )
    assert without_markers(text) == "See Paris, and \ue200open"


def test_the_reasoning_of_a_block_is_told_apart_without_its_summary():
    block = (
        '<details type="reasoning" done="true">\n<summary>Thought</summary>\n> Hm\n> so\n</details>\nHello'
    )
    assert answer_of_open_webui(block) == ("Hello", "Hm\nso")
