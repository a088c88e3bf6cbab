"""Tokens of code as HTML, by Pygments' short class names."""

from collections.abc import Iterable, Iterator

from pygments.token import STANDARD_TYPES  # type: ignore[import-untyped]

from chatsite.rendering.resumable_lexer import Kind
from chatsite.rendering.safety import escape

_UNCOLOURED = frozenset(("", "err", "esc", "g", "ges", "gt", "n", "ni", "nx", "o", "p", "pm", "w", "x"))
"""Classes without a colour in the stylesheet: their tokens need no element."""


def spans(tokens: Iterable[tuple[Kind, str]]) -> str:
    """HTML with an element round each run of one colour."""
    html: list[str] = []
    run, css = "", ""
    for kind, text in tokens:
        wanted = CLASSES[kind]
        if wanted != css:
            html.append(_span(css, run))
            run, css = "", wanted
        run += text
    html.append(_span(css, run))
    return "".join(html)


def _span(css: str, text: str) -> str:
    return f'<span class="{css}">{escape(text)}</span>' if css and text else escape(text)


class _Classes(dict[Kind, str]):
    """The class of each kind of token; none where it has no colour."""

    def __missing__(self, kind: Kind) -> str:
        css = next(STANDARD_TYPES[of] for of in _kinds(kind) if of in STANDARD_TYPES)
        self[kind] = "" if css in _UNCOLOURED else css
        return self[kind]


def _kinds(kind: Kind) -> Iterator[Kind]:
    """A kind and those that it is one of, the nearest first."""
    return (kind[:length] for length in range(len(kind), -1, -1))


CLASSES = _Classes()
