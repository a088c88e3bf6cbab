"""Triggers that refuse changes of events, also by statements that bypass the models."""

from chatsite.immutable import Triggers

EVENTS = Triggers(
    table="audit_event",
    fixed=(
        "id", "at", "actor_name", "address", "verb", "target_type", "target_id", "target_name", "before", "after",
        "reason",
    ),
    emptied=("actor_id", "owner_id"),
    sentence="events never change and are never deleted",
    function="audit_event_refuse",
    on_update="audit_event_fixed",
    # chatsite/sqlite takes a trigger of such a name away while all tables are emptied.
    on_delete="audit_event_kept",
)  # fmt: skip


def install(*_) -> None:
    """Create them. For a migration."""
    EVENTS.install()


def remove(*_) -> None:
    EVENTS.remove()
