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
    "<longcat_think>": "</longcat_think>",
    "◁think▷": "◁/think▷",
    "<|begin_of_thought|>": "<|end_of_thought|>",
    "<|start_thinking|>": "<|end_thinking|>",
    "<|inner_prefix|>": "<|inner_suffix|>",
    "<unused94>thought": "<unused95>",
    "<|channel>thought": "<channel|>",
}
# What some of these models then put around the answer: marks of the model, which no answer is about.
ANSWER_PAIRS = {
    "<|start_response|>": "<|end_response|>",
    "<|begin_of_solution|>": "<|end_of_solution|>",
}
_ALL_PAIRS = PAIRS | ANSWER_PAIRS
MAX_TAG = max(map(len, (*_ALL_PAIRS, *_ALL_PAIRS.values())))
# What may stand before a tag, and is dropped with it: white space, and characters that nobody sees.
_BLANK = re.compile("[\\s\ufeff\u200b\u2060]*")
# More of it is an answer.
MAX_BLANKS = 1000
# A raw channel of gpt-oss whose beginning the server put into the prompt.
_CHANNEL_END = r"<\|end\|>(?:<\|start\|>assistant)?<\|channel\|>final<\|message\|>"
_CLOSING = re.compile("|".join((*map(re.escape, PAIRS.values()), _CHANNEL_END)), re.IGNORECASE)
_TAG = re.compile(f"(?P<closing>{_CLOSING.pattern})|{'|'.join(map(re.escape, PAIRS))}", re.IGNORECASE)
# A line that may begin or end a block of code: its fence, and what stands behind that.
_FENCE = re.compile(r"^[ \t>]*(`{3,}|~{3,})(.*)$", re.MULTILINE)
_ENDED_BLOCK = re.compile(r"[ \t>]*`{3,}[ \t]*")
_OPENED_QUOTE = re.compile(r"(?:^|[\s(=:,])[\"'“‘«]$")
# Characters before a piece that may begin a tag which ends in it.
MAX_RECENT = 64
# Characters of a line that are looked at before a tag.
_LINE = 1000
# An answer with this many closing tags in its code or quotation marks is about tags.
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
            # One line such as ```x``` is not a block.
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

    Only a tag at the beginning of the answer counts (white space before it is allowed and dropped with the tag),
    so a tag that an answer writes about stays in its text. Marks around the answer, at its beginning or after its
    reasoning, are dropped. Nothing else is lost: an unclosed thought is reasoning.

    States: start, thought, thought over, marked answer, answer, channels.
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
        return self._state not in ("start", "answer")

    def split(self, piece: str) -> tuple[str, str]:
        """(text, reasoning) that this piece settles; what may yet be part of a tag is held back."""
        if self._state == "answer":
            return piece, ""
        if self._state == "channels":
            return self._channels.split(piece)
        piece = self._held + piece
        self._held = ""
        if self._state in ("thought", "marked answer"):
            return self._read_to_closing(piece)
        return self._begin(piece, _ALL_PAIRS if self._state == "start" else ANSWER_PAIRS)

    def rest(self) -> tuple[str, str]:
        """(text, reasoning) still held back when the answer has ended."""
        if self._state == "channels":
            return self._channels.rest()
        held, self._held = self._held, ""
        return ("", held) if self._state == "thought" else (held, "")

    def _begin(self, piece: str, pairs: dict[str, str]) -> tuple[str, str]:
        start = _without_blanks(piece)
        head = start[:MAX_TAG].lower()
        for opening, closing in pairs.items():
            if head.startswith(opening):
                self._state = "thought" if opening in PAIRS else "marked answer"
                self._closing = closing
                return self._read_to_closing(start[len(opening) :])
        may_be_channels = self._state == "start"
        if may_be_channels and self._channels.begins(head):
            self._state = "channels"
            return self._channels.split(start)
        may_begin = any(opening.startswith(head) for opening in pairs)
        if (may_begin or (may_be_channels and self._channels.may_begin(head))) and len(piece) < MAX_BLANKS:
            self._held = piece
            return "", ""
        self._state = "answer"
        return piece, ""

    def _read_to_closing(self, piece: str) -> tuple[str, str]:
        is_thought = self._state == "thought"
        if closed := re.search(re.escape(self._closing), piece, re.IGNORECASE):
            said, after = piece[: closed.start()], self._close(piece[closed.end() :])
        else:
            end = len(piece) - _overlap(piece[-MAX_TAG:].lower(), self._closing)
            said, after, self._held = piece[:end], "", piece[end:]
        return (after, said) if is_thought else (said + after, "")

    def _close(self, after: str) -> str:
        """End a thought or a marked answer; returns what of the text after it is answer for sure."""
        if self._state == "thought":
            self._state = "thought over"
            return self._begin(after, ANSWER_PAIRS)[0]
        self._state = "answer"
        return after


def _without_blanks(piece: str) -> str:
    blank = _BLANK.match(piece)
    return piece[blank.end() :] if blank else piece


def _overlap(piece: str, mark: str) -> int:
    """How many characters at the end of the piece may begin the mark."""
    return next((n for n in range(min(len(mark) - 1, len(piece)), 0, -1) if piece.endswith(mark[:n])), 0)
