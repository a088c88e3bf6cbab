"""The stored page: what a reload shows of a conversation, message by message."""

from dataclasses import dataclass
from html.parser import HTMLParser

import aiohttp

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass(slots=True)
class Shown:
    """One message: its status (empty for a person's), the HTML of its text, and all words around it."""

    status: str
    body: str = ""
    words: str = ""


async def stored_page(url: str, cookie: str, conversation: str) -> dict[str, Shown]:
    """Load a conversation's page; its messages by uuid."""
    async with (
        aiohttp.ClientSession(headers={"Cookie": cookie}) as session,
        session.get(f"{url}/conversations/{conversation}/", allow_redirects=False) as response,
    ):
        page = await response.text()
        assert response.status == 200, f"{response.status}: {page[:500]}"
        return messages(page)


def messages(html: str) -> dict[str, Shown]:
    """The messages in a page, or in an event's `html`."""
    cutter = _Cutter(html)
    cutter.feed(html)
    return cutter.messages


class _Cutter(HTMLParser):
    """Finds the bytes between the tags of each `data-body`."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.messages: dict[str, Shown] = {}
        self._lines = [0]
        for line in html.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self._html = html
        self._open: Shown | None = None
        self._depth = self._begin = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if names.get("data-message"):
            self._open = self.messages[names["data-message"]] = Shown(names.get("data-status") or "")
        elif self._depth:
            self._depth += tag not in VOID
        elif "data-body" in names and self._open:
            self._depth = 1
            self._begin = self._place() + len(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if self._depth and tag not in VOID:
            self._depth -= 1
            if not self._depth:
                self._open.body = self._html[self._begin : self._place()]
        elif tag == "article":
            self._open = None

    def handle_data(self, data: str) -> None:
        if self._open and not self._depth:
            self._open.words += data

    def _place(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column
