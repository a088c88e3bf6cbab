"""Adds events."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models

from chatsite.audit.models import Event
from chatsite.client_address import client_address

COMMAND_LINE = "command line"
SITE = "the site"


def record(
    verb: str,
    target: models.Model | None = None,
    *,
    request=None,
    by: str = COMMAND_LINE,
    name: str = "",
    owner=None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Event:
    """Add the event that the person of this request, or without one what `by` names, did this to `target`.

    name: what the target is called; its own name unless that must not be shown. owner: whose data it is about.
    """
    user = request.user if request else None
    return Event.objects.create(
        actor=user,
        actor_name=user.get_username() if user else by,
        address=client_address(request)[:50] if request else "",
        verb=verb,
        target_type=target._meta.label_lower if target else "",
        target_id=str(target.pk) if target else "",
        target_name=(name or (str(target) if target else ""))[:200],
        owner=owner,
        before=before or {},
        after=after or {},
        reason=reason[: Event.MAX_REASON_CHARACTERS],
    )


def values(target: models.Model, names: Iterable[str]) -> dict[str, Any]:
    """Return the values of these fields as an event stores them."""
    return {name: _value(target, name) for name in names}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what of both is not the same."""
    changed = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in changed}, {name: after[name] for name in changed}


def _value(target: models.Model, name: str) -> Any:
    value = getattr(target, name)
    if isinstance(value, models.Manager):
        return sorted(map(str, value.all()))
    return value if value is None or isinstance(value, bool | int | str) else str(value)
