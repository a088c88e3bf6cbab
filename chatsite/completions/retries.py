"""When to ask again, and after how long."""

import asyncio
import logging
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from chatsite.completions.errors import CompletionError

log = logging.getLogger("chatsite.completions")

GATEWAY_TIMEOUTS = (504, 524)
_FIRST, _CAP = 0.5, 8.0


@dataclass(frozen=True, slots=True)
class Repeats:
    """How often a failed request is repeated, and the seconds that a server may ask to wait before that."""

    max_retries: int = 2
    longest_wait: float = 120.0


NO_REPEATS = Repeats(0)


def delay(error: CompletionError, attempt: int) -> float:
    """Seconds to wait after attempt n (from 0): what the server asked for, else 0.5 * 2^n up to 8."""
    if error.retry_after is not None:
        return error.retry_after
    return min(_FIRST * 2.0**attempt, _CAP) * (1 - 0.25 * random.random())


def may_repeat(error: CompletionError, longest_wait: float) -> bool:
    """Whether to ask again by ourselves; nothing of the answer has been shown yet.

    An answer that was begun and then stayed empty or silent is left to the person: asked again it would only
    add load, and some servers give up what they load for a client that has left.
    """
    if not error.retryable or (error.began and error.kind in ("incomplete", "timeout")):
        return False
    if error.status in GATEWAY_TIMEOUTS and error.retry_after is None:
        return False
    return error.retry_after is None or error.retry_after <= longest_wait


async def pause(error: CompletionError, seconds: float) -> None:
    """Sleeps before the next attempt."""
    log.info("asking again in %.1f s after: %s %s", seconds, error.kind, error.status or "")
    await asyncio.sleep(seconds)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds the server asks to wait, from retry-after-ms or retry-after (seconds or a date), or None."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after")
    seconds = _number(value)
    return seconds if seconds is not None or not value else _seconds_until(value)


def should_retry(headers: Mapping[str, str]) -> bool | None:
    """What x-should-retry says, or None."""
    return {"true": True, "false": False}.get(headers.get("x-should-retry", "").strip().lower())


def _number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if 0 < number < 1e9 else None


def _seconds_until(value: str) -> float | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    seconds = (moment - datetime.now(UTC)).total_seconds()
    return seconds if seconds > 0 else None
