"""Two texts side by side: what is the same, what differs, what is folded."""

import time

from chatsite.prompts.compare import MAX_WORDS, compare


def shown(side) -> str:
    """A line with marks around what differs."""
    return "–" if side is None else "".join(f"[{part.text}]" if part.differs else part.text for part in side)


def rows(left: str, right: str) -> list[tuple[str, str]]:
    found = [row for section in compare(left, right).sections for row in section.rows]
    return [(shown(row.left), shown(row.right)) for row in found]


def test_the_words_that_differ_are_marked():
    assert rows("You help customers.", "You help all customers.") == [
        ("You help customers.", "You help [all ]customers.")
    ]
    assert rows("Be brief.", "Be kind.") == [("Be [brief].", "Be [kind].")]


def test_lines_that_one_side_has_alone_stand_alone():
    assert rows("One.\nTwo.", "One.\nTwo.\nThree.") == [("One.", "One."), ("Two.", "Two."), ("–", "[Three.]")]
    assert rows("One.\nTwo.", "Two.") == [("[One.]", "–"), ("Two.", "Two.")]
    assert rows("", "New.") == [("–", "[New.]")]


def test_the_same_texts_differ_in_nothing():
    assert compare("One.\nTwo.", "One.\nTwo.").is_same
    assert compare("", "").is_same


def test_every_line_of_both_texts_is_there_in_order():
    left, right = "a\nb\nc d\ne", "a\nx\nc e\ne\nf"
    found = [row for section in compare(left, right).sections for row in section.rows]
    for side, text in (("left", left), ("right", right)):
        lines = [getattr(row, side) for row in found if getattr(row, side) is not None]
        assert ["".join(part.text for part in line) for line in lines] == text.splitlines()


def test_unchanged_parts_far_from_a_change_are_folded():
    lines = [f"Line {number}." for number in range(30)]
    right = [*lines[:15], "New.", *lines[15:]]
    sections = compare("\n".join(lines), "\n".join(right)).sections
    assert [(section.folded, len(section.rows)) for section in sections] == [
        (True, 12),
        (False, 7),
        (True, 12),
    ]
    assert sections[2].rows[0].left_number == 19 and sections[2].rows[0].right_number == 20


def test_words_are_counted():
    found = compare("You help customers.", "You help all customers and others.")
    assert (found.removed, found.added) == (0, 3)


def test_long_texts_are_compared_within_seconds():
    words = "word " * (MAX_WORDS * 5)
    begin = time.monotonic()
    assert not compare(words, words + "more").is_same
    assert not compare(
        "\n".join(f"a{n}" for n in range(3000)), "\n".join(f"b{n}" for n in range(3000))
    ).is_same
    assert time.monotonic() - begin < 20


def test_a_line_of_few_words_again_and_again_is_compared_at_once():
    begun = time.process_time()
    compare("a b " * 480, "b a c " * 320)
    assert time.process_time() - begun < 5
