"""Statuses and error objects of servers, turned into errors of the tree with a sentence each."""

import json
from typing import Any

from chatsite.completions import errors
from chatsite.completions.redaction import Secrets, redacted

CLASSES: dict[int, type[errors.APIStatusError]] = {
    400: errors.BadRequestError,
    401: errors.AuthenticationError,
    403: errors.PermissionDeniedError,
    404: errors.NotFoundError,
    409: errors.ConflictError,
    422: errors.UnprocessableEntityError,
    429: errors.RateLimitError,
}

SENTENCES = {
    400: "The model server did not accept the request",
    401: "The model server refused the key",
    402: "The model server asks for payment",
    403: "The model server does not allow this",
    404: "The model server does not know this model or address",
    407: "The proxy that CHATSITE_PROXY names asks for a name and a password",
    408: "The model server gave up waiting",
    409: "The model server cannot do this right now",
    413: "The request is too large for the model server",
    422: "The model server did not accept the request",
    429: "The model server has too many requests",
    502: "The model server cannot be reached behind its gateway (502)",
    503: "The model server is not available at the moment (503)",
    504: "The model server did not answer its gateway in time (504)",
}

# Levels of an error object that are looked at.
MAX_DEPTH = 16
_MESSAGE_FIELDS = ("message", "detail", "msg", "error_message", "error", "title")


def status_error(
    status: int,
    body: bytes,
    *,
    retry_after: float | None = None,
    should_retry: bool | None = None,
    secret: Secrets = None,
    model: str = "",
) -> errors.APIStatusError:
    """The error for a response that is not a success; body is as much of it as was read (any bytes).

    secret, model: what the server's words must not show, and the name that they may, see `redacted`.
    """
    message, code = complaint(_json_or_text(body))
    detail = redacted(message, secret, model=model) if message else None
    cls = CLASSES.get(status, errors.InternalServerError if status >= 500 else errors.APIStatusError)
    sentence = SENTENCES.get(status) or _other_status(status)
    if code == "context_length_exceeded":
        sentence = "The conversation is too long for this model"
    return cls(
        _sentence(sentence, retry_after, None if status == 401 else detail),
        status=status,
        code=code,
        retryable=errors.is_retryable(status) if should_retry is None else should_retry,
        retry_after=retry_after,
        detail=detail,
    )


def upstream_error(value: Any, *, secret: Secrets = None, model: str = "") -> errors.UpstreamError:
    """The error for an error object (dict, str, anything) that came inside a successful response."""
    message, code = complaint(value)
    detail = redacted(message, secret, model=model) if message else None
    status = int(code) if code and code.isascii() and code.isdigit() and 400 <= int(code[:6]) < 600 else None
    sentence = SENTENCES.get(status or 0) or "The model server reported an error"
    return errors.UpstreamError(
        _sentence(sentence, None, None if status == 401 else detail),
        status=status,
        code=code,
        retryable=status is None or errors.is_retryable(status),
        detail=detail,
    )


def complaint(value: Any, depth: int = 0) -> tuple[str | None, str | None]:
    """(message, code) found in any of the shapes that servers use for errors, at most MAX_DEPTH deep."""
    if depth > MAX_DEPTH:
        return None, None
    if isinstance(value, list):
        value = value[0] if value else None
    if not isinstance(value, dict):
        return (value if isinstance(value, str) else None), None
    inner = value.get("error")
    if isinstance(inner, dict):
        message, code = complaint(inner, depth + 1)
        return message, code or _code(value)
    messages = (_text(value.get(name), depth + 1) for name in _MESSAGE_FIELDS)
    return next(filter(None, messages), None), _code(value)


def _code(value: dict[str, Any]) -> str | None:
    for field in ("code", "status", "type"):
        found = value.get(field)
        if isinstance(found, (str, int)) and not isinstance(found, bool) and found != "":
            return redacted(str(found)[:100])
    return None


def _text(value: Any, depth: int) -> str | None:
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, (list, dict)) and value:
        return complaint(value, depth)[0]
    return None


def _json_or_text(body: bytes) -> Any:
    text = body.decode("utf-8-sig", "replace")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _other_status(status: int) -> str:
    return (
        f"The model server failed ({status})"
        if status >= 500
        else f"The model server refused the request ({status})"
    )


def _sentence(start: str, retry_after: float | None, detail: str | None) -> str:
    if retry_after is not None:
        start += f"; try again in {max(1, round(retry_after))} s"
    return f"{start}. It said: “{detail}”" if detail else f"{start}."
