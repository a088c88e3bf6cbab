"""A thought without an opening tag: it is shown as the answer until the closing tag arrives."""

from typing import Literal

from chatsite.completions.thinking import MAX_QUOTED_TAGS, MAX_RECENT, Tag, closes, orphan

Kind = Literal["text", "reasoning"]
# A piece of the log as pages show it: the tag itself is neither text nor reasoning.
Shown = tuple[Literal["text", "reasoning", "tag"], str]


class Thought:
    """Searches a run's log for the closing tag; `tag`: its position, once it was found.

    The log keeps what the upstream sent. `tries`: how often it may still search, 0 once the answer had any reasoning.
    """

    def __init__(self) -> None:
        self.tag: Tag | None = None
        self.tries = MAX_QUOTED_TAGS

    def ends(self, log: list[tuple[Kind, str]], piece: str) -> bool:
        """Return whether this piece, the log's newest text, ends the thought. Cheap unless it holds a closing tag."""
        if not self.tries:
            return False
        before = log[-2][1][-MAX_RECENT:] if len(log) > 1 else ""
        if not closes(piece, before + log[-1][1][-MAX_RECENT - len(piece) :]):
            return False
        self.tries -= 1
        self.tag = orphan("".join(text for _, text in log))
        if self.tag:
            self.tries = 0
        return self.tag is not None

    def shown(self, pieces: list[tuple[Kind, str]], offset: int) -> list[Shown]:
        """Return the pieces of the log from `offset` on, those before the tag as reasoning."""
        if self.tag is None or offset >= self.tag.end:
            return [*pieces]
        text = pieces[0][1]
        begin, end = max(0, self.tag.begin - offset), self.tag.end - offset
        return [("reasoning", text[:begin]), ("tag", text[begin:end]), ("text", text[end:]), *pieces[1:]]
