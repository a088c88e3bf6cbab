"""Completions of language models over HTTP: `from chatsite.completions import AsyncClient`."""

from chatsite.completions.client import AsyncClient
from chatsite.completions.errors import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    CompletionError,
    ConfigurationError,
    ConflictError,
    IncompleteStreamError,
    InternalServerError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    RateLimitError,
    UnprocessableEntityError,
    UpstreamError,
)
from chatsite.completions.stream import CompletionStream
from chatsite.completions.types import ChatCompletion, ChatCompletionChunk, Model, Usage

__all__ = [
    "APIConnectionError",
    "APIStatusError",
    "APITimeoutError",
    "AsyncClient",
    "AuthenticationError",
    "BadRequestError",
    "ChatCompletion",
    "ChatCompletionChunk",
    "CompletionError",
    "CompletionStream",
    "ConfigurationError",
    "ConflictError",
    "IncompleteStreamError",
    "InternalServerError",
    "Model",
    "NotFoundError",
    "PermissionDeniedError",
    "ProtocolError",
    "RateLimitError",
    "UnprocessableEntityError",
    "UpstreamError",
    "Usage",
]
