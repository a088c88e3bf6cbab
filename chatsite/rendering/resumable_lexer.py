"""A lexer that continues where the previous text ended."""

import logging
from collections.abc import Iterator
from typing import Any

from pygments.lexer import RegexLexer  # type: ignore[import-untyped]
from pygments.token import Error, Token  # type: ignore[import-untyped]

logger = logging.getLogger(__name__)

Kind = tuple[str, ...]
"""A kind of token, as Pygments names it."""

_KIND = type(Token)
_SAMPLE = 'a = "b"; /* c\nd */ if (e) { return 1.5 } // f\n# g\nclass H: i\n\n\x01\n'


def is_resumable(lexer: RegexLexer) -> bool:
    """Whether `resumed_tokens` reads this lexer's rules as Pygments does; another release may differ."""
    try:
        return list(resumed_tokens(lexer, _SAMPLE, ["root"])) == [
            (kind, text) for _, kind, text in lexer.get_tokens_unprocessed(_SAMPLE)
        ]
    except Exception:
        logger.warning(
            "Code is highlighted in pieces: Pygments keeps its rules in another way", exc_info=True
        )
        return False


def resumed_tokens(lexer: RegexLexer, text: str, states: list[str]) -> Iterator[tuple[Kind, str]]:
    """The tokens of a text that follows another one; `states` are those the other left, and become this one's.

    This is Pygments' own loop over a lexer's rules, which keeps its states to itself. It ends with the text: no rule
    is tried at the end, where more text will come.
    """
    position, rules = 0, lexer._tokens[states[-1]]
    while position < len(text):
        for match, action, then in rules:
            found = match(text, position)
            if not found:
                continue
            if action.__class__ is _KIND:
                yield action, found[0]
            elif action is not None:
                yield from ((kind, part) for _, kind, part in action(lexer, found))
            position = found.end()
            if then is not None:
                _follow(states, then)
                rules = lexer._tokens[states[-1]]
            break
        else:
            if text[position] == "\n":
                states[:] = ["root"]
                rules = lexer._tokens["root"]
            yield Error, text[position]
            position += 1


def _follow(states: list[str], then: Any) -> None:
    """A rule's step from state to state: names to enter, "#push" and "#pop", or minus the number to leave."""
    for step in then if isinstance(then, tuple) else (then,):
        if step == "#pop":
            step = -1
        if isinstance(step, int):
            del states[max(1, len(states) + step) :]
        else:
            states.append(states[-1] if step == "#push" else step)
