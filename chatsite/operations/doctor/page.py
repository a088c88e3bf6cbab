"""The doctor's page in the admin, and its requests while it measures the connection from the browser."""

import json
import platform
import re
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.db import connection
from django.http import QueryDict
from django.template.loader import render_to_string

from chatsite.operations import proxies
from chatsite.operations.doctor.connection import CONNECTION, Measurements, report
from chatsite.operations.doctor.examining import Report, examine, verdict
from chatsite.operations.doctor.visits import Visit
from chatsite.versions import versions

ORIGIN = re.compile(r"https?://[\w.:\[\]-]{1,300}")
# More than all checks can find.
MAX_FINDINGS = 10_000


def shown(request: Any) -> dict[str, Any]:
    """Return what the page shows at first."""
    found = examine()
    system = f"{connection.display_name}, {platform.system()} {platform.machine()}"
    return {
        "report": found,
        "bug_report": [f"{versions()}, {system}", *_lines(found)],
        "connection": CONNECTION,
        "proxy": proxies.values(request),
    }


def measured(request: Any) -> dict[str, str]:
    """Return what the page shows of what it has measured so far. Raises BadRequest."""
    fields = _fields(request.GET.get("measured", ""))
    origin, now = fields.get("origin"), fields.get("now")
    if not isinstance(origin, str) or not ORIGIN.fullmatch(origin) or not isinstance(now, int | float):
        raise BadRequest("The measurements of the page lack an address or a time.")
    found = report(Measurements(Visit.of(request, origin, now), fields))
    problems, notes = (_count(request.GET.get(name, "")) for name in ("problems", "notes"))
    browser = request.headers.get("User-Agent", "")
    return {
        "html": "".join(
            render_to_string("admin/_findings.html", {"found": found}) for _, found in found.groups
        ),
        "verdict": verdict(problems + found.problems, notes + found.notes),
        "bug_report": "\n".join([*_lines(found), f"Browser: {browser}"]),
    }


def answer_of(query: QueryDict) -> UUID:
    """Return which answer the page means. Raises BadRequest."""
    try:
        return UUID(query.get("answer", ""))
    except ValueError as error:
        raise BadRequest("The page names no answer.") from error


def _fields(text: str) -> dict[str, Any]:
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise BadRequest("The measurements of the page are not a JSON object.")
    return fields


def _count(text: str) -> int:
    return min(int(text), MAX_FINDINGS) if text.isdecimal() and len(text) < 10 else 0


def _lines(found: Report) -> list[str]:
    """Return the findings for a bug report, without sentences that may name people, hosts or files."""
    return [
        f"{finding.level.name.lower()}: {check.name}"
        + ("" if check.has_names or finding.has_names else f": {finding.sentence}")
        for check, finding in found.found
    ]
