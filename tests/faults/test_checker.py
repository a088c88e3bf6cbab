"""The checker itself: it must see what it is there for."""

import pytest

from tests.faults.checker import difference, not_a_prefix
from tests.faults.stored import messages
from tests.harness.answer import Answer

SENT = "One fine day in the middle of the night."
FRAME = {
    "message": "a",
    "completion": 1,
    "text": "ab",
    "reasoning": "",
    "blocks": 0,
    "settled": [],
    "tail": "",
}


@pytest.mark.parametrize(
    ("kept", "word"),
    [
        (SENT[:-5], "lost: the last 5"),
        (SENT + "!", "more than was sent"),
        (SENT[:10] + SENT[15:], "lost"),
        (SENT[:20] + SENT[10:], "duplicated"),
        (SENT[:10] + SENT[20:30] + SENT[10:20] + SENT[30:], "reordered"),
        (SENT.replace("fine", "f?ne"), "changed"),
    ],
)
def test_every_difference_is_called_by_its_name(kept, word):
    assert word in difference(SENT, kept)
    assert bool(not_a_prefix(SENT, kept)) == (not SENT.startswith(kept))


def test_a_body_is_cut_out_whole():
    html = (
        '<article data-message="a" data-status="complete">\n<div data-body dir="auto">'
        "<p>1</p>\n<div>é</div><br></div> Retry</article>"
    )
    (shown,) = messages(html).values()
    assert (shown.status, shown.body, shown.words.strip()) == (
        "complete",
        "<p>1</p>\n<div>é</div><br>",
        "Retry",
    )


def test_a_frame_that_does_not_continue_is_not_taken():
    answer = Answer("a")
    assert answer.take(FRAME | {"offset": 0, "end": 2})
    assert not answer.take(FRAME | {"offset": 3, "end": 5})
    assert answer.take(FRAME | {"offset": 2, "end": 4})
    assert answer.text == "abab"


def test_a_frame_that_says_only_what_is_here_is_no_gap():
    answer = Answer("a")
    for offset, end in ((0, 2), (2, 4), (2, 4)):
        assert answer.take(FRAME | {"offset": offset, "end": end})
    answer.finish({"status": "complete"})
    assert answer.text == "abab" and answer.is_over
    assert not answer.take(FRAME | {"completion": 2, "offset": 2, "end": 4})
