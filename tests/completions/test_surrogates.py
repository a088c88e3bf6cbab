"""Text that no database and no socket refuses."""

from hypothesis import given
from hypothesis import strategies as st

from chatsite.completions.surrogates import SurrogateJoiner, mended


def mend(*pieces: str) -> str:
    mender = SurrogateJoiner()
    return "".join([*map(mender.mend, pieces), mender.rest()])


def test_a_pair_in_two_pieces_is_one_character() -> None:
    assert mend("a\ud83c", "\udf0db") == "a🌍b"


def test_a_pair_parted_by_an_empty_piece_is_still_one() -> None:
    assert mend("\ud83c", "", "\udf0d") == "🌍"


def test_halves_without_a_partner_are_replaced() -> None:
    assert mend("\ud83c", "x", "\udf0d", "\ud83c") == "\ufffdx\ufffd\ufffd"


def test_nul_is_replaced() -> None:
    assert mend("a\0b", "\0") == "a\ufffdb\ufffd"


def test_text_without_such_things_is_the_very_same_object() -> None:
    text = "Привет 🌍"
    assert SurrogateJoiner().mend(text) is text


@given(st.lists(st.text(st.characters(exclude_categories=[])), max_size=6))
def test_any_pieces_can_be_encoded_and_read_as_one(pieces: list[str]) -> None:
    result = mend(*pieces)
    assert result.encode().decode() == result == mended("".join(pieces))
    assert "\0" not in result
