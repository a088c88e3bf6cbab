"""The frame of a code block, which the page wires its buttons to."""

import re

from chatsite.rendering.safety import escape

_WORD = re.compile(r"[\w+#.-]{1,32}\Z")


def framed(language: str, html: str) -> str:
    """A code block as safe HTML; `language` is the fence's first word, `html` the code as HTML already."""
    return (
        f'<figure class="code"><figcaption><span>{label(language)}</span>'
        '<button type="button" data-wrap aria-pressed="false">Wrap</button>'
        '<button type="button" data-copy>Copy</button></figcaption>'
        f'<pre tabindex="0"><code class="highlight">{html}</code></pre></figure>'
    )


def label(language: str) -> str:
    """The language's name to show: as written when it is one plain word, else "text"."""
    return escape(language) if _WORD.match(language) else "text"
