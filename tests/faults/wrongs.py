"""What can be wrong with a model server: each a way to script the upstream."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.upstream import CUT, HANG, UpstreamThread, delta, done, error, event, role

BEFORE = "Before the fault. "
LARGE = 10 * 2**20
# Seconds, as an admin may set them: more than a busy machine needs, and for servers that say nothing, little more.
LIMITS = {"connect_timeout": 10.0, "first_token_timeout": 15.0, "idle_timeout": 15.0, "total_timeout": 30.0}
SHORT = LIMITS | {"first_token_timeout": 3.0, "idle_timeout": 2.0}


@dataclass(frozen=True, slots=True)
class Wrong:
    """One fault. kept: the text that must be there afterwards. calls: how many upstream calls may be made."""

    script: Callable[[UpstreamThread], None]
    kept: str = ""
    calls: tuple[int, ...] = (1,)
    limits: dict[str, float] = field(default_factory=lambda: LIMITS)


def stream(*steps: bytes) -> Callable[[UpstreamThread], None]:
    return lambda upstream: upstream.reply(chunks=[role(), delta(BEFORE), *steps])


def status(code: int, body: object = None, **headers: str) -> Callable[[UpstreamThread], None]:
    """The same refusal for the request and all its repetitions."""

    def script(upstream: UpstreamThread) -> None:
        for _ in range(3):
            upstream.reply(status=code, body=body, headers=headers)

    return script


def hung(upstream: UpstreamThread) -> None:
    for _ in range(3):
        upstream.hang()


HTML = "<!doctype html><title>Oh no</title><script>alert(1)</script><h1>A proxy's page</h1>"
ONCE_MORE = (1, 2, 3)

WRONGS = {
    "reset in the middle": Wrong(lambda upstream: upstream.reset(BEFORE), BEFORE),
    "reset before a word": Wrong(lambda upstream: [upstream.reset() for _ in range(3)], calls=ONCE_MORE),
    "cut in the middle": Wrong(stream(CUT), BEFORE),
    "a clean end too early": Wrong(lambda upstream: upstream.cut(BEFORE, clean=True), BEFORE),
    "silence after one delta": Wrong(stream(HANG), BEFORE, limits=SHORT),
    "silence before the first": Wrong(hung, calls=ONCE_MORE, limits=SHORT),
    "an error under 200": Wrong(stream(error("The model ran out of memory.")), BEFORE),
    "an event that is not JSON": Wrong(stream(b"data: {not json}\n\n", done()), BEFORE),
    "an event that is a list": Wrong(stream(event([1, 2, 3]), CUT), BEFORE),
    "bytes that are not UTF-8": Wrong(stream(b"data: \xff\xfe\xfd\n\n", CUT), BEFORE),
    "400 with JSON": Wrong(status(400, {"error": {"message": "Bad parameter."}}), calls=(1, 2)),
    "401 with JSON": Wrong(status(401, {"error": {"message": "Wrong key."}})),
    "401 with HTML": Wrong(status(401, HTML)),
    "403 with HTML": Wrong(status(403, HTML)),
    "404 with JSON": Wrong(status(404)),
    "404 with HTML": Wrong(status(404, HTML)),
    "413 with HTML": Wrong(status(413, HTML)),
    "429 to come back in 1 s": Wrong(status(429, **{"Retry-After": "1"}), calls=ONCE_MORE),
    "429 to come back in a day": Wrong(status(429, **{"Retry-After": "86400"})),
    "500 with JSON": Wrong(status(500), calls=ONCE_MORE),
    "500 with 10 MB": Wrong(status(500, b"x" * LARGE), calls=ONCE_MORE),
    "401 with 10 MB of HTML": Wrong(status(401, "<p>" * (LARGE // 3))),
    "502 with HTML": Wrong(status(502, HTML), calls=ONCE_MORE),
    "503 with HTML": Wrong(status(503, HTML), calls=ONCE_MORE),
    "200 with HTML": Wrong(status(200, HTML), calls=ONCE_MORE),
    "200 with nothing": Wrong(status(200, b""), calls=ONCE_MORE),
}
