"""The upstream of all tests: an OpenAI-compatible server on a loopback port that speaks real bytes.

In the test's own loop:   async with Upstream() as upstream: ... upstream.base_url
From synchronous tests:   with UpstreamThread() as upstream: ... (the waiting methods block there)
"""

from tests.upstream.answers import CUT, HANG, RESET, Hold
from tests.upstream.journal import Request
from tests.upstream.server import Upstream, UpstreamThread
from tests.upstream.sse import chunk, delta, done, error, event, finish, pieces, reasoning, role, usage

__all__ = [
    "CUT",
    "HANG",
    "RESET",
    "Hold",
    "Request",
    "Upstream",
    "UpstreamThread",
    "chunk",
    "delta",
    "done",
    "error",
    "event",
    "finish",
    "pieces",
    "reasoning",
    "role",
    "usage",
]
