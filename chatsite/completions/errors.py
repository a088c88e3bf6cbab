"""Everything that a completion can fail with; `str(error)` is a sentence fit to show a person.

CompletionError
├── APIConnectionError            no connection, or it broke            kind "connection"
│   └── APITimeoutError           nothing came in time                  kind "timeout"
├── APIStatusError                the server answered with a status     kind "status"
│   ├── BadRequestError           400
│   ├── AuthenticationError       401
│   ├── PermissionDeniedError     403
│   ├── NotFoundError             404
│   ├── ConflictError             409
│   ├── UnprocessableEntityError  422
│   ├── RateLimitError            429
│   └── InternalServerError       500 and above
├── UpstreamError                 an error object inside a 200          kind "upstream"
├── ProtocolError                 what came is not a completion         kind "protocol"
├── IncompleteStreamError         the answer broke off before its end   kind "incomplete"
└── ConfigurationError            how to ask is not usable              kind "configuration"
"""

from typing import ClassVar

RETRYABLE_STATUSES = frozenset({408, 409, 429})


def is_retryable(status: int) -> bool:
    """Whether the same request may succeed later after this HTTP status."""
    return status in RETRYABLE_STATUSES or status >= 500


class CompletionError(Exception):
    """The root of the tree.

    kind: one word for programs, see the module's drawing. status: the HTTP status, or None when there was
    none. code: the server's own error code as text, or None. retryable: the same request may succeed later.
    retry_after: seconds that the server asked to wait, or None. partial: the text delivered before the
    failure. detail: what the server said, redacted and cut, or None. began: the server had taken the request
    up, and may be at work on it.
    errors: when several endpoints were tried, the error of each in turn.
    """

    kind: ClassVar[str] = "protocol"
    retryable: bool = False
    began: bool = False

    def __init__(
        self,
        sentence: str,
        *,
        status: int | None = None,
        code: str | None = None,
        retryable: bool | None = None,
        retry_after: float | None = None,
        detail: str | None = None,
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code
        self.retry_after = retry_after
        self.detail = detail
        self.partial = ""
        self.errors: tuple[CompletionError, ...] = ()
        if retryable is not None:
            self.retryable = retryable


class APIConnectionError(CompletionError):
    """The server could not be reached, or the connection broke."""

    kind = "connection"
    retryable = True


class APITimeoutError(APIConnectionError):
    """The server was too slow to connect, to begin, to continue or to end."""

    kind = "timeout"


class APIStatusError(CompletionError):
    """The server answered with a status other than success."""

    kind = "status"


class BadRequestError(APIStatusError):
    """400: the server does not accept this request."""


class AuthenticationError(APIStatusError):
    """401: the key is missing or wrong."""


class PermissionDeniedError(APIStatusError):
    """403: the key may not do this."""


class NotFoundError(APIStatusError):
    """404: no such model, or no such address."""


class ConflictError(APIStatusError):
    """409: the server is in a state that does not allow this now."""


class UnprocessableEntityError(APIStatusError):
    """422: the request is well formed and still not acceptable."""


class RateLimitError(APIStatusError):
    """429: too many requests, or no quota left."""


class InternalServerError(APIStatusError):
    """500 and above: the server failed."""


class UpstreamError(CompletionError):
    """The server accepted the request and then sent an error instead of an answer."""

    kind = "upstream"


class ProtocolError(CompletionError):
    """What the server sent is not a completion."""

    kind = "protocol"


class IncompleteStreamError(CompletionError):
    """The answer ended without saying that it was finished."""

    kind = "incomplete"
    retryable = True


class ConfigurationError(CompletionError):
    """No request can be made of the address, the key, a header or a number that was set."""

    kind = "configuration"
