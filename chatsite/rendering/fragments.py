"""Lists and tables, put together from parts that were rendered one by one."""

import re


class Fragments:
    """Parts of one list or table, each rendered inside a frame of its own; the frames are opened up and joined."""

    _FRAME = re.compile(
        r"(?P<open><[uo]l[^>]*>|<div class=\"table\".*?<tbody>)"
        r"(?P<inner>.*)(?P<close></[uo]l>|</tbody></table></div>)\Z",
        re.DOTALL,
    )

    def __init__(self) -> None:
        self._html: list[str] = []
        self._close = ""

    def add(self, rendered: list[str]) -> None:
        """Take one part: its frame, and the blocks that followed it (they end the frame)."""
        added, self._close = self._joined([rendered], self._close)
        self._html.append(added)

    def html(self, *more: list[str]) -> str:
        """All parts in their frame, with more that are not kept."""
        added, close = self._joined(list(more), self._close)
        if len(self._html) > 1:
            self._html = ["".join(self._html)]
        return "".join((*self._html, added, close))

    def _joined(self, parts: list[list[str]], close: str) -> tuple[str, str]:
        html: list[str] = []
        for rendered in parts:
            for block in rendered:
                found = self._FRAME.match(block)
                if found is None:
                    html += (close, block)
                    close = ""
                    continue
                html.append(
                    found["inner"] if close == found["close"] else close + found["open"] + found["inner"]
                )
                close = found["close"]
        return "".join(html), close
