"""Links: their tags, and bare web addresses in a Markdown text."""

import re
from collections.abc import Iterator
from string import ascii_letters, digits
from typing import NamedTuple
from unicodedata import category

from chatsite.rendering.safety import REL, attribute, escape, is_safe_url

CLOSE = "</a>"
_LEFT_TO_RIGHT = ' dir="ltr"'
_MAX_SHOWN = 200
"""The most characters shown of an address that is not linked."""

_BEGIN = re.compile(r"://|www\.")
_SCHEME = re.compile("://")
_READ = re.compile(r"\]\((?:[^\s()]+|\([^\s()]*\))*|<[^\s<>]*>")
"""The address of a Markdown link, and one in `<>`: the Markdown parser reads these."""

_ADDRESS = re.compile(
    r"(?:https?://|www\.)(?:(?!(?:\*\*|~~)[^\x00-\x7f]|&(?:lt|gt|quot);)"
    r"(?:[^\s<>`\[\]\\]|\\[_*~&#.+=!-]|\[(?!\^)[^\s<>`\[\]]*\](?![(\[]))){1,2000}",
    re.IGNORECASE,
)
_STOP = re.compile(r"[\s<>`]|[^\x00-\x7f]")
"""What ends an address, and what may end one."""

_NO_BEGIN = frozenset(f"{ascii_letters}{digits}/@.-{{")
"""No address begins directly after these. A brace belongs to a formula."""

_TRAILING = "?!.,:;*_~'\""
_ENTITY = re.compile(r"&[A-Za-z0-9]{1,31};\Z")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])|&amp;")


class Address(NamedTuple):
    """One bare address: offsets of its source in a text (characters), and the URL of the link."""

    start: int
    end: int
    source: str
    url: str

    def html(self) -> str:
        """Return the link as HTML. Its letters do not affect the direction of the surrounding text."""
        return f"{_tag(self.url, _LEFT_TO_RIGHT)}{escape(self.text())}{CLOSE}"

    def text(self) -> str:
        """Return the address as a person reads it, without escapes."""
        return _unescaped(self.source)

    def leads(self) -> bool:
        """Return whether the address may be a link."""
        return len(self.url) >= len("http://ab") and is_safe_url(self.url)


def opening(url: str) -> str | None:
    """Return the start tag of a link to the address; None when the address is not safe."""
    return _tag(url) if is_safe_url(url) else None


def unlinked(url: str) -> str:
    """Return HTML that shows an unsafe address after the link's text."""
    shown = url if len(url) <= _MAX_SHOWN else f"{url[:_MAX_SHOWN]}\u2026"
    return f' (<code dir="ltr">{escape(shown)}</code>)'


def may_hold_addresses(text: str) -> bool:
    """Return False for most texts without addresses, cheaply."""
    return "://" in text or "www." in text


def find(text: str, *, in_table: bool) -> Iterator[Address]:
    """Yield the bare http(s):// and www. addresses of a Markdown text in order. In a table `|` ends an address."""
    position, search = 0, (_BEGIN if "www." in text else _SCHEME).search
    while begun := search(text, position):
        start, position = _start(text, begun.start()), begun.end()
        if read := _READ.match(text, start - 2) or _READ.match(text, start - 1):
            position = max(position, read.end())
        elif address := _address(text, start, in_table):
            # What leads nowhere is not read again from each `www.` in it.
            position = max(position, address.end)
            if address.leads():
                yield address


def _start(text: str, found: int) -> int:
    """Return where an address begins that has `://` or `www.` at `found`."""
    scheme = text[max(0, found - 5) : found].lower()
    return found - 5 if scheme == "https" else found - 4 if scheme.endswith("http") else found


def end_of_address(text: str, start: int) -> int:
    """Return the end of the bare address that begins at `start`; 0 when none does."""
    address = _address(text, start, False)
    return address.end if address and address.leads() else 0


def _address(text: str, start: int, in_table: bool) -> Address | None:
    before = text[start - 1 : start]
    if before in _NO_BEGIN or text.endswith("[^", 0, start):
        return None
    found = _ADDRESS.match(text, start, len(text) if text.isascii() else _end(text, start))
    if found is None:
        return None
    source = _trimmed(found[0], _run_before(text, start), in_table)
    url = _unescaped(source)
    url = url if "://" in url[:8] else f"http://{url}"
    return Address(start, start + len(source), source, url)


def _end(text: str, start: int) -> int:
    """Return the offset of the first white space, or invisible or non-ASCII punctuation character, from `start` on."""
    for found in _STOP.finditer(text, start):
        character = found[0]
        if character <= "\x7f" or category(character)[0] in "PCZ" or "\uff00" < character < "\uff66":
            return found.start()
    return len(text)


def _tag(url: str, more: str = "") -> str:
    url = url.replace("<", "%3C").replace(">", "%3E")
    return f'<a href="{attribute(url)}"{more} target="_blank" rel="{REL}">'


def _run_before(text: str, start: int) -> str:
    """Return the emphasis run directly before an address. The same run ends the address."""
    before = text[max(0, start - 3) : start]
    run = before[len(before.rstrip("*")) :] or before[len(before.rstrip("~")) :]
    return "" if run == "~" else run


def _trimmed(address: str, run: str, in_table: bool) -> str:
    """Return the address without punctuation that belongs to the surrounding sentence."""
    for mark in (run, "|" if in_table else ""):
        address = address.partition(mark)[0] if mark else address
    unopened = address.count(")") - address.count("(")
    while True:
        shorter = _ENTITY.sub("", address).rstrip(_TRAILING)
        if unopened > 0 and shorter.endswith(")"):
            shorter, unopened = shorter[:-1], unopened - 1
        if shorter == address:
            return address
        address = shorter


def _unescaped(source: str) -> str:
    return _ESCAPED.sub(lambda found: found[1] or "&", source)
