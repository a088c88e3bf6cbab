"""Separates the thoughts that a model writes into its text, in tags or channels, from its answer."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from chatsite.completions.channels import ChannelSplitter

# What opens a thought and what closes it, in lower case, by model or server.
PAIRS = {
    "<think>": "</think>",
    "<thinking>": "</thinking>",
    "<thought>": "</thought>",
    "<reason>": "</reason>",
    "<reasoning>": "</reasoning>",
    "[think]": "[/think]",
    "<seed:think>": "</seed:think>",
    "◁think▷": "◁/think▷",
    "<|begin_of_thought|>": "<|end_of_thought|>",
    "<|start_thinking|>": "<|end_thinking|>",
    "<unused94>thought": "<unused95>",
    "<|channel>thought": "<channel|>",
}
MAX_TAG = max(map(len, (*PAIRS, *PAIRS.values())))
# A raw channel of gpt-oss whose beginning the server put into the prompt.
_CHANNEL_END = r"<\|end\|>(?:<\|start\|>assistant)?<\|channel\|>final<\|message\|>"
_CLOSING = re.compile("|".join((*map(re.escape, PAIRS.values()), _CHANNEL_END)), re.IGNORECASE)
_TAG = re.compile(f"(?P<closing>{_CLOSING.pattern})|{'|'.join(map(re.escape, PAIRS))}", re.IGNORECASE)
# A line that may begin or end a block of code: its fence, and what stands behind that.
_FENCE = re.compile(r"^[ \t>]*(`{3,}|~{3,})(.*)$", re.MULTILINE)
_ENDED_BLOCK = re.compile(r"[ \t>]*`{3,}[ \t]*")
_OPENED_QUOTE = re.compile(r"(?:^|[\s(=:,])[\"'“‘«]$")
_BEGINS = frozenset(opening[0] for opening in PAIRS)
# Characters before a piece that may begin a tag which ends in it.
MAX_RECENT = 64
# Characters of a line that are looked at before a tag.
_LINE = 1000
# An answer with so many closing tags in its code or quotation marks is about tags.
MAX_QUOTED_TAGS = 8


class Tag(NamedTuple):
    """A closing tag that nothing opened: the text before `begin` is a thought, that from `end` on the answer."""

    begin: int
    end: int


def orphan(text: str) -> Tag | None:
    """The closing tag of a thought that the prompt had opened, so that no opening tag is in the text.

    A tag in code or in quotation marks is one that the answer talks about. Only what stands before a tag decides, so a
    text that grows has the same one from its last character on. One pass.
    """
    fence, line, seen, quoted = "", 0, 0, 0
    for tag in _TAG.finditer(text):
        begin, end = tag.span()
        if last := text.rfind("\n", seen, begin) + 1:
            fence, line = _fence_after(fence, text[line:last]), last
        seen = end
        if not _fence_after(fence, text[line : min(begin, line + _LINE)]) and not _is_quoted(
            text[max(line, begin - _LINE) : begin]
        ):
            return Tag(begin, end) if tag["closing"] else None
        quoted += bool(tag["closing"])
        if quoted == MAX_QUOTED_TAGS:
            break
    return None


def _fence_after(fence: str, lines: str) -> str:
    """The fence of the block of code that is open after these lines, a `fence` being open before; empty: none."""
    for mark, info in _FENCE.findall(lines):
        if not fence:
            # One line such as ```x``` is no block.
            fence = "" if mark[0] == "`" and "`" in info else mark
        elif mark.startswith(fence) and not info.strip():
            fence = ""
    return fence


def told_apart(text: str, reasoning: str = "") -> tuple[str, str]:
    """(text, reasoning) of an answer. One whose reasoning came apart has no orphan."""
    tag = None if reasoning else orphan(text)
    return (text[tag.end :], text[: tag.begin]) if tag else (text, reasoning)


def read_apart(pieces: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """(text, reasoning) of an answer's pieces, each ("text" or "reasoning", what it says), in order."""
    before: list[str] = []
    text: list[str] = []
    reasoning: list[str] = []
    for kind, piece in pieces:
        if kind == "reasoning":
            reasoning.append(piece)
        else:
            (text if reasoning else before).append(piece)
    answer, thought = told_apart("".join(before))
    return answer + "".join(text), thought + "".join(reasoning)


def closes(piece: str, recent: str) -> bool:
    """Whether a closing tag ends in this piece; `recent` is the end of the text, the piece included."""
    recent = recent[-len(piece) - MAX_RECENT :]
    return any(tag.end() > len(recent) - len(piece) for tag in _CLOSING.finditer(recent))


def _is_quoted(line: str) -> bool:
    """Whether what comes after this beginning of a line is in code or in quotation marks."""
    if _ENDED_BLOCK.fullmatch(line):
        return False
    return line.count("`") % 2 == 1 or _OPENED_QUOTE.search(line) is not None


class ThinkSplitter:
    """Splits a text that comes in pieces into (text, reasoning).

    Only a tag that begins the answer counts (white space before it is allowed and dropped with the tag), so
    one that an answer talks about stays where it is. Nothing else is lost: an unclosed thought is reasoning.
    """

    __slots__ = ("_channels", "_closing", "_held", "_state")

    def __init__(self) -> None:
        self._held = ""
        self._state = "start"
        self._closing = ""
        self._channels = ChannelSplitter()

    @property
    def settled(self) -> bool:
        """True once the rest of the text can only be answer."""
        return self._state == "answer"

    @property
    def began(self) -> bool:
        """True once a tag has begun the answer."""
        return self._state in ("thought", "channels")

    def split(self, piece: str) -> tuple[str, str]:
        """(text, reasoning) that this piece settles; what may yet be part of a tag is held back."""
        if self._state == "answer":
            return piece, ""
        if self._state == "channels":
            return self._channels.split(piece)
        piece = self._held + piece
        self._held = ""
        return self._begin(piece) if self._state == "start" else self._think(piece)

    def rest(self) -> tuple[str, str]:
        """(text, reasoning) still held back when the answer has ended."""
        if self._state == "channels":
            return self._channels.rest()
        held, self._held = self._held, ""
        return ("", held) if self._state == "thought" else (held, "")

    def _begin(self, piece: str) -> tuple[str, str]:
        start = piece.lstrip()
        if start and start[0] not in _BEGINS:
            self._state = "answer"
            return piece, ""
        head = start[:MAX_TAG].lower()
        for opening, closing in PAIRS.items():
            if head.startswith(opening):
                self._state, self._closing = "thought", closing
                return self._think(start[len(opening) :])
        if self._channels.begins(head):
            self._state = "channels"
            return self._channels.split(start)
        if self._channels.may_begin(head) or any(opening.startswith(head) for opening in PAIRS):
            self._held = piece
            return "", ""
        self._state = "answer"
        return piece, ""

    def _think(self, piece: str) -> tuple[str, str]:
        if closed := re.search(re.escape(self._closing), piece, re.IGNORECASE):
            self._state = "answer"
            return piece[closed.end() :], piece[: closed.start()]
        keep = _overlap(piece[-MAX_TAG:].lower(), self._closing)
        self._held = piece[len(piece) - keep :]
        return "", piece[: len(piece) - keep]


def _overlap(piece: str, mark: str) -> int:
    """How many characters at the end of the piece may begin the mark."""
    return next((n for n in range(min(len(mark) - 1, len(piece)), 0, -1) if piece.endswith(mark[:n])), 0)
