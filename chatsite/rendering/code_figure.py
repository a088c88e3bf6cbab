"""Code blocks as HTML, with the buttons that the page wires. A block in the language `math` is a formula."""

from chatsite.rendering.highlighting import Highlighter, highlighter
from chatsite.rendering.info_string import Info
from chatsite.rendering.mathml import mathml
from chatsite.rendering.safety import escape


class CodeFigures:
    """The code blocks of one piece of a document; the colours of each are kept, by its number in the piece."""

    def __init__(self) -> None:
        self._highlighters: dict[int, Highlighter] = {}
        self.begin(open_end=False)

    def begin(self, *, open_end: bool) -> None:
        """The first block comes next; with `open_end` the piece is about to grow."""
        self._next = 0
        self._open_end = open_end

    def figure(self, info: str, text: str) -> str:
        """The next block as safe HTML; a formula that cannot be read is shown as its source."""
        known = Info.of(info)
        number, self._next = self._next, self._next + 1
        formula = mathml(text.strip(), display=True) if known.is_formula and text.strip() else ""
        if formula:
            return f"<p>{formula}</p>"
        code = self._highlighters.get(number)
        if code is None or code.language != known.language:
            code = self._highlighters[number] = highlighter(known.language)
        return code_figure(known.label, code.html(text) if self._open_end else code.finished(text))


def code_figure(label: str, html: str) -> str:
    """A code block as safe HTML; `label` names its language or file, `html` is the code as HTML already."""
    return (
        f'<figure class="code"><figcaption><span>{escape(label)}</span>'
        '<button type="button" data-wrap aria-pressed="false">Wrap</button>'
        '<button type="button" data-copy>Copy</button></figcaption>'
        f'<pre tabindex="0"><code class="highlight">{html}</code></pre></figure>'
    )
