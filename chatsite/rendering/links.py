"""Links: the frame round a link's text, and bare web addresses in text."""

import re

from chatsite.rendering.safety import REL, attribute, escape, is_safe_url

CLOSE = "</a>"
_BARE = re.compile(r"(?<![\w/@.-])(?:https?://|www\.)[^\s<>\ufdd0\ufdd1]{1,2000}", re.IGNORECASE)
_TRAILING = "?!.,:;*_~'\""


def opening(url: str) -> str | None:
    """The start tag of a link to an address, or None where no link may point."""
    if not is_safe_url(url):
        return None
    return f'<a href="{attribute(url)}" target="_blank" rel="{REL}">'


def linked(text: str) -> str:
    """Plain text as HTML, its bare http(s):// and www. addresses as links (as GitHub reads them)."""
    html: list[str] = []
    position = 0
    for found in _BARE.finditer(text):
        address = _trimmed(found[0])
        url = address if "://" in address[:8] else f"http://{address}"
        start = opening(url)
        if start is None or len(url) < len("http://ab"):
            continue
        html += (escape(text[position : found.start()]), start, escape(address), CLOSE)
        position = found.start() + len(address)
    html.append(escape(text[position:]))
    return "".join(html)


def _trimmed(address: str) -> str:
    """An address without the punctuation that belongs to the sentence round it."""
    while True:
        shorter = address.rstrip(_TRAILING)
        if shorter.endswith(")") and shorter.count(")") > shorter.count("("):
            shorter = shorter[:-1]
        if shorter == address:
            return address
        address = shorter
