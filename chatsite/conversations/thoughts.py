"""A thought that stood in the answer until the tag came that closes it, as no tag had opened it."""

from typing import Literal

from chatsite.completions.thinking import MAX_QUOTED_TAGS, MAX_RECENT, Tag, closes, orphan

Kind = Literal["text", "reasoning"]
# A piece of the log as pages show it: the tag itself is neither text nor reasoning.
Shown = tuple[Literal["text", "reasoning", "tag"], str]


class Thought:
    """Looks for the tag in a run's log, of which it gets each piece of text; `tag` is where it stands there.

    The log keeps what the upstream sent. An answer that has had any reasoning has no such thought, and
    `tries`, how often it still looks, is 0.
    """

    def __init__(self) -> None:
        self.tag: Tag | None = None
        self.tries = MAX_QUOTED_TAGS

    def ends(self, log: list[tuple[Kind, str]], piece: str) -> bool:
        """Whether the log's newest text, this piece, ends it. Cheap but where a closing tag comes."""
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
        """Pieces of the log from `offset` on, what stood before the tag as reasoning."""
        if self.tag is None or offset >= self.tag.end:
            return [*pieces]
        text = pieces[0][1]
        begin, end = max(0, self.tag.begin - offset), self.tag.end - offset
        return [("reasoning", text[:begin]), ("tag", text[begin:end]), ("text", text[end:]), *pieces[1:]]
