"""What a piece of Markdown needs to know of the document round it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Figure = Callable[[str, str], str]
"""A fence's info string and the code in, a code block's safe HTML out."""

_FIRST_LEVEL, _LAST_LEVEL = 3, 6
"""An answer stands under its author's heading of level 2."""


@dataclass(slots=True)
class PieceContext:
    """The links, footnotes and headings known so far, and how much HTML the piece may become."""

    figure: Figure
    definitions: Mapping[str, str] = field(default_factory=dict)
    """Link addresses by folded label, defined elsewhere in the document."""
    footnotes: frozenset[str] = frozenset()
    """Labels of footnotes that are defined elsewhere."""
    headings: tuple[int, ...] = ()
    """Markdown's levels of the headings that the piece stands under, outermost first."""
    max_html: int = 1 << 30
    """Characters of HTML."""

    def heading(self, level: int) -> str:
        """The tag of the next heading: no level is ever skipped."""
        self.headings = (*(above for above in self.headings if above < level), level)
        return f"h{min(_FIRST_LEVEL + len(self.headings) - 1, _LAST_LEVEL)}"
