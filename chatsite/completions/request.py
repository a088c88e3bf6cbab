"""What is sent: the body and the headers of a completion request."""

import base64
import json
import logging
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

log = logging.getLogger("chatsite.completions")

Messages = str | Sequence[Mapping[str, Any]]

# Arguments of g4f's create() that mean nothing to a server. A strict one would refuse a body that has them.
IGNORED = frozenset(
    {
        "provider",
        "proxy",
        "image",
        "image_name",
        "images",
        "media",
        "ignore_stream",
        "ignore_stream_and_auth",
        "raw",
        "web_search",
        "conversation",
        "conversation_id",
        "return_conversation",
        "history_disabled",
        "action",
        "auth",
        "api_key",
        "api_base",
        "tool_emulation",
        "ignore_working",
    }
)
_UNSENDABLE = re.compile(r"[^\t\x20-\x7e]")
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_SECRET_HEADER = re.compile(r"auth|key|token|secret|cookie|password")
_AGENT = "chatsite/0.1"


def body(messages: Messages, model: Any, stream: bool, params: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON object to send: None and IGNORED names are left out, `extra_body` is laid over it."""
    ignored = sorted(IGNORED & {name for name, value in params.items() if value not in (None, False)})
    if ignored:
        log.warning("ignored, as they mean nothing to a model server: %s", ", ".join(ignored))
    sent: dict[str, Any] = {"messages": _messages(messages)}
    name = getattr(model, "name", model)
    if name:
        sent["model"] = str(name)
    sent |= {key: value for key, value in params.items() if value is not None and key not in IGNORED}
    if stream:
        sent["stream"] = True
    sent |= sent.pop("extra_body", None) or {}
    return sent


def encoded(sent: Mapping[str, Any]) -> bytes:
    """The body as JSON bytes. Raises TypeError or ValueError when a value has no JSON form."""
    try:
        return json.dumps(sent, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # half a surrogate pair somewhere: legal only as an escape
        return json.dumps(sent, allow_nan=False, separators=(",", ":")).encode()


def authorization(api_key: str, userinfo: str) -> str | None:
    """The Authorization header: the key, else the name and password of the base URL, else none."""
    if api_key:
        return f"Bearer {api_key}"
    return "Basic " + base64.b64encode(unquote(userinfo).encode()).decode() if userinfo else None


def headers(authorization: str | None, stream: bool, *own: Mapping[str, str | None] | None) -> dict[str, str]:
    """The headers to send; later mappings win, and a None takes a header out."""
    sent: dict[str, str | None] = {
        "accept": "text/event-stream" if stream else "application/json",
        "accept-encoding": "identity",  # a compressed stream arrives in lumps
        "content-type": "application/json",
        "user-agent": _AGENT,
    }
    sent["authorization"] = authorization
    for mapping in own:
        sent |= {name.lower(): value for name, value in (mapping or {}).items()}
    return {name: value for name, value in sent.items() if value is not None}


def secrets(api_key: str, sent: Mapping[str, str]) -> tuple[str, ...]:
    """The secrets of a request: the key, and the values of headers that carry one."""
    values = [value for name, value in sent.items() if _SECRET_HEADER.search(name)]
    bare = [value.partition(" ")[2] for value in values]
    return tuple(sorted({api_key, *values, *bare} - {""}, key=len, reverse=True))


def checked_key(key: str) -> str:
    """The key. Raises ValueError when no header can carry it; the sentence does not show it."""
    if _UNSENDABLE.search(key):
        raise ValueError("The API key has characters that cannot be sent in a header.")
    return key


def checked_headers(own: Mapping[str, str | None] | None) -> dict[str, str | None]:
    """The headers. Raises ValueError when one cannot be sent; the sentence shows no value, and no odd name."""
    if own is not None and not isinstance(own, Mapping):
        raise ValueError("The headers must be a JSON object of texts.")
    for name, value in (own or {}).items():
        if not _NAME.fullmatch(name):
            raise ValueError("A header's name can have letters, digits and signs such as -, and no blanks.")
        if not _is_sendable(value):
            raise ValueError(
                f"The value of the header {name} must be a text of one line, of ASCII characters."
            )
    return dict(own or {})


def _is_sendable(value: Any) -> bool:
    return value is None or (isinstance(value, str) and _UNSENDABLE.search(value) is None)


def _messages(messages: Messages) -> list[Any]:
    if isinstance(messages, str):
        return [{"role": "user", "content": messages}]
    return list(messages)
