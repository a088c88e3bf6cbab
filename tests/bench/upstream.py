"""A completion server that stamps each delta:  python -m tests.bench.upstream [--port 9400]

    GET  /v1/models             what is listed; see `workloads` for what the names mean
    POST /v1/chat/completions   stamped or Markdown deltas, streamed or whole
    GET  /stats                 a record of each request, oldest first, and `now` by the stamps' clock (µs)
    GET  /reset                 forget the records
    GET  /release               let the answers that are held end

It shares the machine with what is measured, so it does as little as it can: no framework, one write a delta.
"""

import argparse
import asyncio
import gc
import json
import re
import socket
import sys
from dataclasses import asdict
from typing import Any

import uvloop

from tests.bench.pacing import Pacer
from tests.bench.streamed import Answer, Record, State, dumps
from tests.bench.workloads import LISTED, Workload, microseconds, workload

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Connection(asyncio.Protocol):
    """One connection, a request after another. Requests must name their body's length."""

    transport: Any

    def __init__(self, state: State) -> None:
        self._state = state
        self._received = b""
        self._answer: Answer | None = None
        self.is_full = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def connection_lost(self, error: Exception | None) -> None:
        if self._answer:
            self._answer.gone()

    def pause_writing(self) -> None:
        self.is_full = True

    def resume_writing(self) -> None:
        self.is_full = False
        if self._answer:
            self._answer.resume()

    def data_received(self, data: bytes) -> None:
        self._received += data
        while not self._answer and (request := self._request()):
            self._respond(*request)

    def _request(self) -> tuple[str, bytes] | None:
        """The path and body of the next request, once it is whole."""
        head, end, rest = self._received.partition(b"\r\n\r\n")
        length = int(found[1]) if (found := LENGTH.search(head)) else 0
        if not end or len(rest) < length:
            return None
        self._received = rest[length:]
        return head.split(b" ", 2)[1].decode(), rest[:length]

    def _respond(self, path: str, body: bytes) -> None:
        match path:
            case "/v1/models":
                self._say({"object": "list", "data": [listed(name) for name in self._state.models]})
            case "/v1/chat/completions":
                self._complete(json.loads(body))
            case "/stats":
                records = [asdict(record) for record in self._state.records]
                latest = int(self._state.pacer.latest * 1e6)
                self._say({"now": microseconds(), "latest": latest, "requests": records})
            case "/reset":
                self._state.records.clear()
                self._state.pacer.latest = 0
                self._say({})
            case "/release":
                for end in self._state.held:
                    end()
                self._state.held.clear()
                self._say({})
            case _:
                self._refuse(f"There is nothing at {path}.")

    def _complete(self, request: dict[str, Any]) -> None:
        arrived = microseconds()
        work = workload(request["model"])
        if not work:
            self._refuse(f"There is no model {request['model']}.")
            return
        messages = request["messages"]
        record = Record(request["model"], str(messages[-1]["content"])[:200], len(messages), arrived)
        self._state.records.append(record)
        if not request.get("stream"):
            self._whole(record, work)
            return
        usage = (request.get("stream_options") or {}).get("include_usage", False)
        self._answer = Answer(self, record, work, usage, self._next)
        self._answer.start(self._state)

    def _next(self) -> None:
        self._answer = None
        if self._received:
            self.data_received(b"")

    def _whole(self, record: Record, work: Workload) -> None:
        text = "".join(work.delta(number) for number in range(work.count))
        record.state, record.sent = "complete", work.count
        message = {"role": "assistant", "content": text}
        choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
        self._say(
            {"id": "chatcmpl-bench", "object": "chat.completion", "model": record.model, "choices": choices}
        )

    def _refuse(self, sentence: str) -> None:
        self._say({"error": {"message": sentence, "type": "not_found"}}, "404 Not Found")

    def _say(self, what: dict[str, Any], status: str = "200 OK") -> None:
        body = dumps(what).encode()
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self.transport.write(head.encode() + body)


def listed(name: str) -> dict[str, Any]:
    """A model as the list has it."""
    work = workload(name)
    window = {"context_length": work.window} if work and work.window else {}
    return {"id": name, "object": "model", "owned_by": "bench", **window}


async def serve(host: str, port: int, models: list[str]) -> None:
    """Serve for ever. Port 0 takes a free one; the line that is printed names it."""
    state = State(Pacer(), models)
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(state), host, port, backlog=1024
    )
    sys.stdout.write(f"Ready at http://{host}:{server.sockets[0].getsockname()[1]}/v1\n")
    sys.stdout.flush()
    # What is loaded by now stays, so no collection needs to look at it.
    gc.freeze()
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description="A completion server that stamps each delta.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9400)
    parser.add_argument("--model", action="append", default=[], help="one more model to list")
    args = parser.parse_args()
    uvloop.run(serve(args.host, args.port, [*LISTED, *args.model]))


if __name__ == "__main__":
    main()
