"""Cache of the HTML of recently rendered texts."""

from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b
from threading import Lock

from chatsite.rendering.stream import render

MAX_KEPT_CHARACTERS = 16 * 1024 * 1024
"""Characters of HTML that are kept: about a thousand answers of 5 KB."""


class HtmlCache:
    """HTML by the hash of its source; the least recently used goes first. Safe for threads."""

    def __init__(self, most: int = MAX_KEPT_CHARACTERS) -> None:
        self._most = most
        self._size = 0
        self._kept: OrderedDict[bytes, str] = OrderedDict()
        self._lock = Lock()

    def html(self, text: str) -> str:
        """Return what `render` returns for the text."""
        return self.of(text, lambda: render(text))

    def of(self, source: str, make: Callable[[], str]) -> str:
        """Return what `make` returns, which depends on `source` only."""
        key = _key(source)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        html = make()
        self._keep(key, html)
        return html

    def keep(self, text: str, html: str) -> None:
        """Store what `render` would return for the text."""
        self._keep(_key(text), html)

    def _keep(self, key: bytes, html: str) -> None:
        with self._lock:
            self._size += len(html) - len(self._kept.pop(key, ""))
            self._kept[key] = html
            while self._size > self._most:
                self._size -= len(self._kept.popitem(last=False)[1])


def _key(text: str) -> bytes:
    return blake2b(text.encode(errors="surrogatepass"), digest_size=16).digest()


HTML_CACHE = HtmlCache()
