"""A lexer that goes on where the text before ended."""

from collections.abc import Iterator
from typing import Any

from pygments.lexer import RegexLexer  # type: ignore[import-untyped]
from pygments.token import Error, _TokenType  # type: ignore[import-untyped]


def tokens_on(lexer: RegexLexer, text: str, states: list[str]) -> Iterator[tuple[_TokenType, str]]:
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
            if action.__class__ is _TokenType:
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
