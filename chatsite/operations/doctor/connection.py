"""Checks of the connection between an admin's browser and the site, from what the doctor's page measures."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from chatsite.operations.doctor import visits
from chatsite.operations.doctor.answers import DELTAS
from chatsite.operations.doctor.examining import Check, Report
from chatsite.operations.doctor.findings import Finding, Line, note, problem
from chatsite.operations.doctor.visits import Visit

CONNECTION = "Connection from your browser"
SLOW_OPEN_MS = 2000
SLOW_STOP_MS = 1500
AT_ONCE = "Let the proxy forward responses without buffering, reload it, and load this page again:"
# How an answer ended for the page.
REFUSED, FINISHED = "answer.refused", "answer.finished"
BUSY = note("Another tab of yours makes the same checks.", "Close it, and load this page again.")

SOCKET_LINES = [
    Line("nginx", "server", "proxy_set_header Upgrade $http_upgrade;"),
    Line("nginx", "server", "proxy_set_header Connection $connection_upgrade;"),
]
BUFFER_LINES = [
    Line("nginx", "location ~ ^/(conversations/[^/]+|me|admin/.+)/events/$", "proxy_buffering off;"),
    Line("Caddy", "reverse_proxy", "flush_interval -1"),
    Line("Traefik", "loadBalancer, responseForwarding", "flushInterval: 1ms"),
]


@dataclass(frozen=True, slots=True)
class Answer:
    """How the page received a small answer. sent_apart: how many deltas were sent with a pause before them; came_apart:
    how many of these arrived with one. milliseconds: from the first delta to the last."""

    deltas: int
    sent_apart: int
    came_apart: int
    milliseconds: int
    is_refused: bool

    @classmethod
    def of(cls, measured: "Measurement") -> "Answer":
        return cls(
            deltas=measured.number("deltas") or 0,
            sent_apart=measured.number("sentApart") or 0,
            came_apart=measured.number("cameApart") or 0,
            milliseconds=measured.number("milliseconds") or 0,
            is_refused=measured.is_refused,
        )

    @property
    def is_whole(self) -> bool:
        return self.deltas >= DELTAS

    @property
    def is_spaced(self) -> bool:
        """Whether most deltas arrived as they were sent. A busy browser receives some together."""
        return self.is_whole and 2 * self.came_apart > self.sent_apart


@dataclass(frozen=True, slots=True)
class Measurement:
    """What the page measured for one check. None of it is trusted."""

    fields: dict[str, Any]

    def number(self, name: str) -> int | None:
        value = self.fields.get(name)
        return int(value) if isinstance(value, int | float) and 0 <= value < 1e15 else None

    @property
    def is_refused(self) -> bool:
        return bool(self.fields.get("type") == REFUSED)


@dataclass(frozen=True, slots=True)
class Measurements:
    """A visit of the page, and what the page has measured so far, by the names of checks."""

    visit: Visit
    measured: dict[str, Any]

    def of(self, name: str) -> Measurement | None:
        fields = self.measured.get(name)
        return Measurement(fields) if isinstance(fields, dict) else None

    def answer(self, name: str) -> Answer | None:
        measured = self.of(name)
        return Answer.of(measured) if measured else None


def report(measurements: Measurements) -> Report:
    """Return what is found so far."""
    checks = [
        Check(name, CONNECTION, partial(run, measurements), has_names=run in (_address, _client))
        for name, run in CHECKS.items()
    ]
    found = ((check, check.run()) for check in checks)
    return Report([(check, finding) for check, finding in found if isinstance(finding, Finding)])


def _socket(measurements: Measurements) -> Finding | None:
    measured = measurements.of("socket")
    if not measured:
        return None
    opened = measured.number("opened")
    if opened is None:
        return _no_socket(measurements)
    sentence = f"A WebSocket opened in {opened:,} ms."
    if opened > SLOW_OPEN_MS:
        return note(
            sentence, "That is slow. Find out what delays it: the network, a proxy, or a busy server."
        )
    return Finding(sentence)


def _no_socket(measurements: Measurements) -> Finding:
    answer = measurements.answer("events-answer")
    kind, instead = (
        (note, " Chats use server-sent events instead, which work.")
        if answer and answer.is_spaced
        else (problem, "")
    )
    sentence = f"No WebSocket opens.{instead}"
    if not measurements.visit.is_known:
        return kind(sentence, "The site refuses them from this address: see that finding.")
    return kind(
        sentence,
        "The proxy must pass WebSockets on, as Caddy and Traefik do; for nginx, all lines are below. If it does, "
        "your own network or a program on your computer blocks them.",
        SOCKET_LINES,
    )


def _socket_answer(measurements: Measurements) -> Finding | None:
    do = "Proxies do not buffer WebSockets: look for a program that inspects the network, or a VPN."
    return _answer(measurements.answer("socket-answer"), "over the socket", do, ())


def _events_answer(measurements: Measurements) -> Finding | None:
    return _answer(measurements.answer("events-answer"), "as server-sent events", AT_ONCE, BUFFER_LINES)


def _answer(answer: Answer | None, how: str, do: str, lines: Any) -> Finding | None:
    if answer is None:
        return None
    if answer.is_refused:
        return BUSY
    if not answer.is_whole:
        return problem(f"Of {DELTAS} parts of an answer, {answer.deltas} arrived {how}.", do, lines)
    if not answer.is_spaced:
        arrived = f"sent one by one {how}, arrived together within {answer.milliseconds:,} ms"
        return problem(f"{DELTAS} parts of an answer, {arrived}: your proxy buffers.", do, lines)
    seconds = answer.milliseconds / 1000
    return Finding(f"{DELTAS} parts of an answer arrived one by one {how}, within {seconds:.1f} s.")


def _socket_stop(measurements: Measurements) -> Finding | None:
    return _stop(measurements.of("socket-stop"), "over the socket", measurements)


def _events_stop(measurements: Measurements) -> Finding | None:
    return _stop(measurements.of("events-stop"), "by a request", measurements)


def _stop(measured: Measurement | None, how: str, measurements: Measurements) -> Finding | None:
    if measured is None:
        return None
    took = measured.number("stopped")
    # An answer is stopped before its first delta only while it waits for another one.
    if measured.is_refused or (took is not None and measured.number("deltas") == 0):
        return BUSY
    if took is None:
        return _no_stop(measured, how, measurements)
    sentence = f"Stop arrived {how}, and the answer ended {took:,} ms later."
    if took > SLOW_STOP_MS:
        return note(sentence, "That is slow. Find out what delays requests: the network or the proxy.")
    return Finding(sentence)


def _no_stop(measured: Measurement, how: str, measurements: Measurements) -> Finding:
    status = measured.number("status")
    if status is not None:
        what = f"was refused with the status {status}" if status else "did not arrive"
        do = "The proxy must pass on POST requests as they are."
        if not measurements.visit.is_known:
            do = "The site refuses it from this address: see that finding."
        return problem(f"The request that stops an answer {what}.", do)
    if measured.fields.get("type") == FINISHED:
        return problem(
            f"Stop did not arrive {how} while an answer was sent.",
            "Something in between holds back what your browser sends while an answer arrives: check the proxy.",
        )
    return problem(
        f"Stop was sent {how}, and the end of the answer did not arrive.",
        "Something in between cuts or holds back answers: see the findings about answers.",
    )


def _address(measurements: Measurements) -> Finding | None:
    return visits.address(measurements.visit)


def _client(measurements: Measurements) -> Finding | None:
    return visits.client(measurements.visit)


def _clock(measurements: Measurements) -> Finding | None:
    return visits.clock(measurements.visit)


CHECKS: dict[str, Callable[[Measurements], Finding | None]] = {
    "socket": _socket,
    "socket-answer": _socket_answer,
    "socket-stop": _socket_stop,
    "events-answer": _events_answer,
    "events-stop": _events_stop,
    "address": _address,
    "client": _client,
    "browser-clock": _clock,
}
