"""The frame of a code block, which the page wires its buttons to."""

from chatsite.rendering.safety import escape


def framed(label: str, html: str) -> str:
    """A code block as safe HTML; `label` names its language or file, `html` is the code as HTML already."""
    return (
        f'<figure class="code"><figcaption><span>{escape(label)}</span>'
        '<button type="button" data-wrap aria-pressed="false">Wrap</button>'
        '<button type="button" data-copy>Copy</button></figcaption>'
        f'<pre tabindex="0"><code class="highlight">{html}</code></pre></figure>'
    )
