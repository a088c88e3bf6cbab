"""A server's own words made fit to show: no keys, no private addresses, no markup, not too long.

What the words are about stays: the model that was asked, names of parameters, public help pages.
"""

import re
from collections.abc import Callable

from chatsite.completions.networks import is_private_address

MAX_SHOWN = 500
# Characters that are looked at. A word that is cut there goes, so that no part of a key is left.
MAX_READ = 600
# A shorter key may be a word of any sentence, and is removed only where it stands alone.
MIN_SECRET = 12
# Characters of a secret's beginning or end that would help to guess the rest.
MIN_PART = 8

Secrets = str | tuple[str, ...] | None

_WORD = re.compile(r"[^\s\"'`“”‘’«»<>{}(),;]+")
_CLOSING = ".:!?*]"
_MASKED = r"(?<![\w-])[\w-]*\*{3,}[\w*-]*"  # a key that the server has redacted itself
_PREFIXED = (
    r"(?<![A-Za-z0-9])(?:(?:sk|pk|rk|xai|pplx|nvapi|csk|glpat|ghp|gho)[-_]|(?:gsk|hf|r8|fw)_)"
    r"(?=[\w*.-]{0,64}?(?:[\d*]|\.\.))[\w*.-]{4,}"
)
_BEGUN = r"(?<![A-Za-z0-9])(?:AIza|eyJ|ya29\.)[\w.-]{8,}"
_UUID = r"(?<![A-Za-z0-9])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![A-Za-z0-9])"
_KEY = re.compile("|".join((_MASKED, _PREFIXED, _BEGUN, _UUID)), re.IGNORECASE)
_RUN = re.compile(r"[A-Za-z0-9]{16,}")
# The value that follows the name of a secret: with something in it that no word of a language has.
_NAMED = re.compile(
    r"\b((?:bearer|basic)\s+|(?:api[-_ ]?key|token|secret|password|authorization)\s*[:=]\s*)"
    r"(?=[\w.~+/=*-]{0,64}?(?:[\d*=]|[./+~]\w|(?-i:[a-z][A-Z])))([\w.~+/=*-]{6,})",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"<\s*(?:!doctype|html|head|body|\?xml)\b", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


def redacted(text: str, secret: Secrets = None, longest: int = MAX_SHOWN, model: str = "") -> str | None:
    """One line of at most `longest` characters without keys and private addresses; None when nothing
    showable is left.

    `secret` is the key in use, or several, removed wherever they stand; `model` the name that was asked for,
    which stays. The cost is linear, and bounded by MAX_READ.
    """
    text = text.strip()
    if _MARKUP.search(text[:2000]):
        return None
    text = _CONTROL.sub(" ", _first_words(text))
    secrets = (secret,) if isinstance(secret, str) else secret or ()
    for each in secrets:
        text = _without(text, each)
    text = _NAMED.sub(lambda found: found[1] + (_kept(found[2], model) or "[key]"), text)
    text = _WORD.sub(_word_mask(model, secrets), text)
    text = " ".join(text.split())
    return (text if len(text) <= longest else text[: longest - 1] + "…") or None


def _first_words(text: str) -> str:
    if len(text) <= MAX_READ:
        return text
    begun = text[: MAX_READ + 1]
    return (begun.rsplit(None, 1) or [""])[0][:MAX_READ]


def _without(text: str, secret: str) -> str:
    if len(secret) >= MIN_SECRET:
        return text.replace(secret, "[key]")
    alone = rf"(?<![\w-]){re.escape(secret)}(?![\w-])"
    return re.sub(alone, "[key]", text) if secret else text


def _word_mask(model: str, secrets: tuple[str, ...]) -> Callable[[re.Match[str]], str]:
    def mask(found: re.Match[str]) -> str:
        word = found.group()
        if kept := _kept(word, model):
            return kept
        bare = _bare(word)
        if any(_is_part(bare.rstrip("…"), secret) for secret in secrets):
            return "[key]"
        if is_private_address(bare):
            return word.replace(bare, "[address]")
        return _RUN.sub(_run_mask, _KEY.sub("[key]", word))

    return mask


def _is_part(word: str, secret: str) -> bool:
    """Whether a word is how a server shortens this secret: its beginning or its end."""
    return len(word) >= MIN_PART and (secret.startswith(word) or secret.endswith(word))


def _kept(word: str, model: str) -> str:
    """The word, when it is of the model's name; else nothing."""
    bare = _bare(word)
    return word if len(bare) > 2 and bare in model else ""


def _bare(word: str) -> str:
    """The word without what encloses it."""
    bare = word.lstrip("*").rstrip(_CLOSING)
    return bare if "]" in bare else bare.lstrip("[")


def _run_mask(found: re.Match[str]) -> str:
    """Letters and digits in one run and often in turn: no name that a person chose looks so."""
    run = found.group()
    digits = sum(character.isdigit() for character in run)
    turns = sum(left.isdigit() != right.isdigit() for left, right in zip(run, run[1:], strict=False))
    return "[key]" if digits >= 3 and (turns >= 4 or len(run) >= 32) else run
