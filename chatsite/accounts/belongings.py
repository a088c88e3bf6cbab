"""What belongs to people: the rows that are deleted with them."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.db import models


def belongings(people: Iterable[User]) -> dict[str, int]:
    """Count the rows of each kind that are deleted with these people, the people themselves first.

    They are only counted, not read: a person may have tens of thousands, and the admin holds the database's write lock
    meanwhile.
    """
    found = User.objects.filter(pk__in=[person.pk for person in people])
    return _counted(found, seen=set())


def _counted(rows: Any, seen: set[type[models.Model]]) -> dict[str, int]:
    seen.add(rows.model)
    counts = {str(rows.model._meta.verbose_name_plural): rows.count()}
    for relation in rows.model._meta.related_objects:
        if relation.on_delete is models.CASCADE and relation.related_model not in seen:
            theirs = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": rows})
            counts |= _counted(theirs, seen)
    return {kind: count for kind, count in counts.items() if count}


def delete_conversations(people: Iterable[User]) -> None:
    """Delete people's conversations, each in its own transaction: one for all would hold the write lock too long."""
    for person in people:
        person.is_active = False  # so that no new answer begins meanwhile
        person.save(update_fields=["is_active"])
        for conversation in person.conversations.all():
            conversation.delete()
