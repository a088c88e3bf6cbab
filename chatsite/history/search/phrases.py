"""Phrases of a query: folded words that follow each other."""

from dataclasses import dataclass

from chatsite.history.search.fold import fold, is_paired

MIN_BEGINNING = 2


@dataclass(frozen=True, slots=True)
class Phrase:
    """Folded words in their order. is_beginning: the last one is a prefix."""

    words: tuple[str, ...]
    is_beginning: bool = False


def phrase(typed: str, is_beginning: bool = False) -> Phrase | None:
    """Return the phrase of a word or a quoted text; None if it has no letter and no digit.

    Texts hold each run of Chinese as pairs and its last character alone. The run that ends a phrase may continue in the
    text, so its last character is not searched for alone. A single character matches every pair that begins with it.
    """
    words = fold(typed).split()
    if not words:
        return None
    if _ends_run(words):
        return Phrase(tuple(words[:-1]))
    is_single = len(words[-1]) == 1 and is_paired(words[-1])
    return Phrase(tuple(words), is_beginning or is_single)


def model_word(name: str) -> str:
    """Return the word that stands for a model in the scope of an entry."""
    return f"m_{fold(name).replace(' ', '_')}"


def is_too_short(beginning: Phrase) -> bool:
    """Whether the prefix is so short that searching all its words would take too long."""
    word = beginning.words[-1]
    return beginning.is_beginning and len(word) < MIN_BEGINNING and not is_paired(word)


def _ends_run(words: list[str]) -> bool:
    """Whether the last word is the last character of a run of two or more."""
    if len(words) < 2 or not is_paired(words[-1]):
        return False
    return len(words[-1]) == 1 and len(words[-2]) == 2 and words[-2][1] == words[-1]
