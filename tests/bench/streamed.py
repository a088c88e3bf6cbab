"""One streamed answer of the benchmark's upstream: what is written when, and the record of it."""

import asyncio
import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.bench.pacing import Pacer
from tests.bench.workloads import Workload, microseconds

# Deltas in one write when there is no rate; the connection's own backlog holds it back.
BURST = 16
STREAM = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-cache\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)


@dataclass(slots=True)
class Record:
    """One request. Times are in µs of the stamps' clock; prompt: the person's last message, as far as it goes."""

    model: str
    prompt: str
    messages: int
    arrived: int
    first: int = 0
    last: int = 0
    sent: int = 0
    # running, complete, or gone: the other side closed before the end.
    state: str = "running"
    # Of the text that was sent, once it has ended.
    sha256: str = ""


@dataclass
class State:
    """What the connections share. held: the ends of answers that wait to be released."""

    pacer: Pacer
    models: list[str]
    records: list[Record] = field(default_factory=list)
    held: list[Callable[[], None]] = field(default_factory=list)


class Connection(Protocol):
    """What an answer is written to."""

    transport: Any
    is_full: bool


class Answer:
    """One streamed answer on one connection. `done` is called at its end."""

    def __init__(
        self, connection: Connection, record: Record, work: Workload, usage: bool, done: Callable[[], None]
    ) -> None:
        self._write = connection.transport.write
        self._connection, self._record, self._work, self._usage = connection, record, work, usage
        self._done = done
        self._said: list[str] = []
        self._begin = time.monotonic()
        ground = {"id": "chatcmpl-bench", "object": "chat.completion.chunk", "created": int(time.time())}
        self._ground = f'data: {dumps(ground)[:-1]},"model":{dumps(record.model)},"choices":['
        self._before = f'{self._ground}{{"index":0,"delta":{{"content":'
        self._after = '},"finish_reason":null}]}\n\n'

    def start(self, state: State) -> None:
        self._held = state.held
        role = f'{self._ground}{{"index":0,"delta":{{"role":"assistant","content":""}},"finish_reason":null}}]}}\n\n'
        self._write(STREAM + _chunk(role))
        if self._work.rate:
            state.pacer.add(self._begin, self._paced)
        else:
            self._burst()

    def _paced(self) -> float | None:
        """Write the delta that is due, and give the time of the next."""
        if self._record.state != "running":
            return None
        self._write(_chunk(self._delta()))
        if self._record.sent == self._work.count:
            self._last()
            return None
        return self._begin + self._record.sent / self._work.rate

    def resume(self) -> None:
        """The connection has room again. A paced answer never waited for it."""
        if not self._work.rate:
            self._burst()

    def _burst(self) -> None:
        left = self._work.count - self._record.sent
        if not left or self._record.state != "running" or self._connection.is_full:
            return
        self._write(b"".join(_chunk(self._delta()) for _ in range(min(BURST, left))))
        if left > BURST:
            asyncio.get_running_loop().call_soon(self._burst)
        else:
            self._last()

    def _last(self) -> None:
        """The last delta is written."""
        if self._work.is_held:
            self._held.append(self._end)
        else:
            self._end()

    def _delta(self) -> str:
        record = self._record
        text = self._work.delta(record.sent)
        self._said.append(text)
        record.last = microseconds()
        record.first = record.first or record.last
        record.sent += 1
        return f"{self._before}{dumps(text)}{self._after}"

    def _end(self) -> None:
        if self._record.state != "running":
            return
        said = self._work.count
        usage = {"prompt_tokens": 1, "completion_tokens": said, "total_tokens": said + 1}
        end = f'{self._ground}{{"index":0,"delta":{{}},"finish_reason":"stop"}}]}}\n\n'
        end += f'{self._ground}],"usage":{dumps(usage)}}}\n\n' if self._usage else ""
        self._write(_chunk(f"{end}data: [DONE]\n\n") + b"0\r\n\r\n")
        self._close("complete")
        self._done()

    def gone(self) -> None:
        """The other side has closed the connection."""
        if self._record.state == "running":
            self._close("gone")

    def _close(self, state: str) -> None:
        self._record.state = state
        self._record.sha256 = hashlib.sha256("".join(self._said).encode()).hexdigest()


def dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _chunk(text: str) -> bytes:
    data = text.encode()
    return b"%x\r\n%b\r\n" % (len(data), data)
