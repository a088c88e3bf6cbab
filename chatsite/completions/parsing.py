"""Parsed JSON of a server, read leniently into chunks, completions, usage and models."""

from typing import Any

from chatsite.completions.errors import CompletionError, ProtocolError
from chatsite.completions.failures import MAX_DEPTH, complaint, upstream_error
from chatsite.completions.finishes import FAILED, standard
from chatsite.completions.redaction import Secrets
from chatsite.completions.surrogates import SurrogateJoiner, mended
from chatsite.completions.thinking import ThinkSplitter
from chatsite.completions.types import (
    ChatCompletionChunk,
    ChunkChoice,
    Delta,
)
from chatsite.completions.usage import usage_from, whole_number


class ChunkReader:
    """Reads the payloads of one answer, in order; what one payload leaves open the next one completes.

    failure: the error to raise after the chunk that was read last, or None. finish_reason, whole, spoken:
    how far the answer is: its last truthy finish reason, whether it came in one piece, whether there was
    anything in it.
    """

    __slots__ = (
        "_content",
        "_id",
        "_masking",
        "_model",
        "_reasoning",
        "_think",
        "failure",
        "finish_reason",
        "spoken",
        "whole",
    )

    def __init__(self, secret: Secrets = None, model: str = "") -> None:
        self.failure: CompletionError | None = None
        self.finish_reason: str | None = None
        self.spoken = False
        self.whole = False
        self._masking: dict[str, Any] = {"secret": secret, "model": model}
        self._content = SurrogateJoiner()
        self._reasoning = SurrogateJoiner()
        self._think: ThinkSplitter | None = ThinkSplitter()
        self._id = ""
        self._model = ""

    def read(self, name: str, payload: Any) -> ChatCompletionChunk | None:
        """The chunk of one event, or None when it is for another choice or only an error (see failure)."""
        if isinstance(payload, list) and len(payload) == 1:
            payload = payload[0]
        if not isinstance(payload, dict):
            self.failure = self._no_object(name, payload)
            return None
        choices = payload.get("choices")
        if payload.get("error") or name == "error" or (not choices and _is_error(payload)):
            self.failure = upstream_error(payload, **self._masking)
            if not choices:
                return None
        if not isinstance(choices, list) or not choices:
            return self._chunk(payload, [])
        for choice in choices:
            if isinstance(choice, dict) and choice.get("index") in (0, None):
                return self._chunk(payload, [self._choice(choice)])
        return self._chunk(payload, []) if payload.get("usage") else None

    def rest(self) -> ChatCompletionChunk | None:
        """A last chunk with what was held back, when the stream ends without a finish reason to carry it."""
        content, reasoning = self._held()
        if not content and not reasoning:
            return None
        self.spoken = True
        choice = ChunkChoice(Delta(content or None, reasoning or None))
        return ChatCompletionChunk(self._id, 0, self._model, [choice])

    def _chunk(self, payload: dict[str, Any], choices: list[ChunkChoice]) -> ChatCompletionChunk:
        ident, model, usage = payload.get("id"), payload.get("model"), payload.get("usage")
        if ident != self._id:
            self._id = mended(ident) if isinstance(ident, str) else self._id
        if model != self._model:
            self._model = mended(model) if isinstance(model, str) else self._model
        if usage is None and "x_groq" in payload and isinstance(payload["x_groq"], dict):
            usage = payload["x_groq"].get("usage")
        return ChatCompletionChunk(
            self._id,
            whole_number(payload.get("created")) or 0,
            self._model,
            choices,
            usage_from(usage) if usage else None,
            raw=payload,
        )

    def _choice(self, choice: dict[str, Any]) -> ChunkChoice:
        raw = choice.get("delta")
        if not isinstance(raw, dict):
            raw = self._whole_message(choice)
        content, reasoning = raw.get("content"), raw.get("reasoning_content") or raw.get("reasoning")
        if not content and raw.get("refusal"):
            content = raw["refusal"]  # what the model says in place of an answer
        if content is not None and not isinstance(content, str):
            content, thought = parts_text(content)
            reasoning = reasoning or thought
        if reasoning:
            reasoning = self._reasoning.mend(
                reasoning if isinstance(reasoning, str) else parts_text(reasoning)[0]
            )
            if reasoning and self._think is not None and not self._think.began:
                # A server that sends thoughts apart does not write tags: what looks like one is text.
                content = self._think.rest()[0] + (content or "") or content
                self._think = None
        if content:
            content = self._content.mend(content)
            if self._think is not None:
                content, reasoning = self._split(content, reasoning)
        finish = choice.get("finish_reason")
        if finish:
            content, reasoning, finish = self._finish(content, reasoning, finish)
        tools = raw.get("tool_calls")
        tools = tools if isinstance(tools, list) and tools else None
        if content or reasoning or tools:
            self.spoken = True
        role = raw.get("role")
        delta = Delta(content, reasoning or None, role if isinstance(role, str) else "assistant", tools)
        return ChunkChoice(delta, finish or None)

    def _whole_message(self, choice: dict[str, Any]) -> dict[str, Any]:
        message = choice.get("message")
        if isinstance(message, dict):
            self.whole = True
            return message
        text = choice.get("text")
        return {"content": text} if isinstance(text, str) else {}

    def _split(self, content: str, reasoning: str | None) -> tuple[str, str | None]:
        assert self._think is not None
        text, thought = self._think.split(content)
        if self._think.settled:
            self._think = None
        return text, (reasoning or "") + thought or None

    def _finish(
        self, content: str | None, reasoning: str | None, finish: Any
    ) -> tuple[str | None, str | None, str]:
        reason = standard(mended(str(finish)))
        self.finish_reason = reason
        text, thought = self._held()
        if reason in FAILED and self.failure is None:
            self.failure = upstream_error({"code": reason}, **self._masking)
        return (content or "") + text if text else content, (reasoning or "") + thought or None, reason

    def _held(self) -> tuple[str, str]:
        content, reasoning = self._content.rest(), self._reasoning.rest()
        if self._think is not None:
            text, thought = self._think.split(content)
            more_text, more_thought = self._think.rest()
            content, reasoning = text + more_text, reasoning + thought + more_thought
        return content, reasoning

    def _no_object(self, name: str, payload: Any) -> CompletionError:
        if name == "error" or _is_error_list(payload):
            return upstream_error(payload, **self._masking)
        return ProtocolError("The model server sent something else than a completion.")


def parts_text(content: Any, depth: int = 0) -> tuple[str, str]:
    """(text, reasoning) of a content that is a list of parts, at most MAX_DEPTH deep; nothing of anything else."""
    if isinstance(content, str):
        return content, ""
    if depth > MAX_DEPTH:
        return "", ""
    if isinstance(content, dict):
        if content.get("type") in ("thinking", "reasoning"):
            inner = content.get("thinking") or content.get("reasoning") or content.get("text")
            return "", "".join(parts_text(inner, depth + 1))
        text = content.get("refusal") if content.get("type") == "refusal" else content.get("text")
        return (text if isinstance(text, str) else ""), ""
    if not isinstance(content, list):
        return "", ""
    pairs = [parts_text(part, depth + 1) for part in content[:10_000]]
    return "".join(text for text, _ in pairs), "".join(thought for _, thought in pairs)


def _is_error(payload: dict[str, Any]) -> bool:
    """An object that says of itself that it is an error, or that only complains."""
    if payload.get("object") == "error" or payload.get("type") == "error":
        return True
    if (
        "choices" in payload
        or "id" in payload
        or "object" in payload
        or "usage" in payload
        or "type" in payload
    ):
        return False
    return bool(complaint({key: payload.get(key) for key in ("message", "detail", "error_message")})[0])


def _is_error_list(payload: Any) -> bool:
    return (
        isinstance(payload, list)
        and bool(payload)
        and isinstance(payload[0], dict)
        and bool(payload[0].get("error"))
    )
