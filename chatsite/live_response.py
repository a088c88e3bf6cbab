"""Responses that are sent while they are made."""

from typing import Any

from django.http import StreamingHttpResponse


class LiveResponse(StreamingHttpResponse):
    """Each part is sent at once. Compression, or a proxy that buffers, would hold it back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self["Cache-Control"] = "no-store"
        self["Content-Encoding"] = "identity"
        self["X-Accel-Buffering"] = "no"
