"""Links: the frame round a link's text, and bare web addresses in a Markdown text."""

import re
from collections.abc import Iterator
from string import ascii_letters, digits
from typing import NamedTuple
from unicodedata import category

from chatsite.rendering.safety import REL, attribute, escape, is_safe_url

CLOSE = "</a>"
_LEFT_TO_RIGHT = ' dir="ltr"'
_MAX_SHOWN = 200
"""Characters that are shown of an address which is no link."""

_BEGIN = re.compile(r"://|www\.")
_SCHEME = re.compile("://")
_READ = re.compile(r"\]\((?:[^\s()]+|\([^\s()]*\))*|<[^\s<>]*>")
"""A link's own address, and one in `<>`: Markdown reads these itself."""

_ADDRESS = re.compile(
    r"(?:https?://|www\.)(?:(?!(?:\*\*|~~)[^\x00-\x7f]|&(?:lt|gt|quot);)"
    r"(?:[^\s<>`\[\]\\]|\\[_*~&#.+=!-]|\[(?!\^)[^\s<>`\[\]]*\](?![(\[]))){1,2000}",
    re.IGNORECASE,
)
_NO_BEGIN = frozenset(f"{ascii_letters}{digits}/@.-{{")
"""Characters that no address follows at once; a brace belongs to a formula."""

_TRAILING = "?!.,:;*_~'\""
_ENTITY = re.compile(r"&[A-Za-z0-9]{1,31};\Z")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])|&amp;")


class Address(NamedTuple):
    """One bare address: where its source stands in a text (characters), and where the link leads."""

    start: int
    end: int
    source: str
    url: str

    def html(self) -> str:
        """The link, whose letters say nothing about the direction of the text round it."""
        return f"{_tag(self.url, _LEFT_TO_RIGHT)}{escape(self.text())}{CLOSE}"

    def text(self) -> str:
        """The address as a person reads it."""
        return _unescaped(self.source)


def opening(url: str) -> str | None:
    """The start tag of a link to an address, or None where no link may point."""
    return _tag(url) if is_safe_url(url) else None


def unlinked(url: str) -> str:
    """An address that no link may point to, as HTML that shows it behind the text."""
    shown = url if len(url) <= _MAX_SHOWN else f"{url[:_MAX_SHOWN]}\u2026"
    return f' (<code dir="ltr">{escape(shown)}</code>)'


def may_hold_addresses(text: str) -> bool:
    """A cheap test that spares most texts the search."""
    return "://" in text or "www." in text


def find(text: str, *, in_table: bool) -> Iterator[Address]:
    """The bare http(s):// and www. addresses of a Markdown text, in order; in a table a bar ends each."""
    position, search = 0, (_BEGIN if "www." in text else _SCHEME).search
    while begun := search(text, position):
        start, position = _start(text, begun.start()), begun.end()
        if read := _READ.match(text, start - 2) or _READ.match(text, start - 1):
            position = max(position, read.end())
        elif address := _address(text, start, in_table):
            position = address.end
            yield address


def _start(text: str, found: int) -> int:
    """Where an address with `://` or `www.` there begins, if it is one."""
    scheme = text[max(0, found - 5) : found].lower()
    return found - 5 if scheme == "https" else found - 4 if scheme.endswith("http") else found


def end_of_address(text: str, start: int) -> int:
    """The end of the bare address that begins there, or 0 when none does."""
    address = _address(text, start, False)
    return address.end if address else 0


def _address(text: str, start: int, in_table: bool) -> Address | None:
    before = text[start - 1 : start]
    if before in _NO_BEGIN or text.endswith("[^", 0, start) or not (found := _ADDRESS.match(text, start)):
        return None
    source = _trimmed(found[0], _run_before(text, start), in_table)
    url = _unescaped(source)
    url = url if "://" in url[:8] else f"http://{url}"
    leads = len(url) >= len("http://ab") and is_safe_url(url)
    return Address(start, start + len(source), source, url) if leads else None


def _tag(url: str, more: str = "") -> str:
    url = url.replace("<", "%3C").replace(">", "%3E")
    return f'<a href="{attribute(url)}"{more} target="_blank" rel="{REL}">'


def _run_before(text: str, start: int) -> str:
    """The run of emphasis that an address follows at once: it ends with it, too."""
    before = text[max(0, start - 3) : start]
    run = before[len(before.rstrip("*")) :] or before[len(before.rstrip("~")) :]
    return "" if run == "~" else run


def _trimmed(address: str, run: str, in_table: bool) -> str:
    """An address without the punctuation that belongs to the sentence round it."""
    for mark in (run, "|" if in_table else ""):
        address = address.partition(mark)[0] if mark else address
    if not address.isascii():
        address = address[: _first_foreign(address)]
    unopened = address.count(")") - address.count("(")
    while True:
        shorter = _ENTITY.sub("", address).rstrip(_TRAILING)
        if unopened > 0 and shorter.endswith(")"):
            shorter, unopened = shorter[:-1], unopened - 1
        if shorter == address:
            return address
        address = shorter


def _first_foreign(address: str) -> int:
    """Where the first character stands that is punctuation beyond ASCII, or not to be seen."""
    for position, character in enumerate(address):
        if character > "\x7f" and (category(character)[0] in "PCZ" or "\uff00" < character < "\uff66"):
            return position
    return len(address)


def _unescaped(source: str) -> str:
    return _ESCAPED.sub(lambda found: found[1] or "&", source)
