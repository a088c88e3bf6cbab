"""Times as programs write them: seconds since 1970 or parts of them, or ISO 8601."""

from datetime import UTC, datetime, timedelta
from typing import Any

FIRST = datetime(2000, 1, 1, tzinfo=UTC)
# From each size on, a number counts smaller parts of a second.
PARTS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))


def moment(value: Any) -> datetime | None:
    """The time in UTC; None where the value is none between the year 2000 and tomorrow."""
    try:
        found = _moment(value)
    except (ValueError, OverflowError, OSError):
        return None
    if found is None or not FIRST <= found <= datetime.now(UTC) + timedelta(days=1):
        return None
    return found


def _moment(value: Any) -> datetime | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        value = value.strip()[:50]
        if not value.replace(".", "", 1).isdecimal():
            found = datetime.fromisoformat(value)
            return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
        value = float(value)
    if not isinstance(value, (int, float)):
        return None
    parts = next((parts for size, parts in PARTS if value >= size), 1.0)
    return datetime.fromtimestamp(value / parts, UTC)
