"""Stores the list of models that a provider returned."""

from django.db import transaction

from chatsite.completions.types import Model as ListedModel
from chatsite.providers.kinds import Kind, kind_of
from chatsite.providers.listed import COLUMNS, columns
from chatsite.providers.models import MadeBy, Model, Provider

MAX_LISTED_MODELS = 5_000
# Rows written in one transaction: a message that is sent meanwhile waits for one batch at most.
BATCH_ROWS = 100


def keep(provider: Provider, models: list[ListedModel]) -> None:
    """Make the provider's models those of its list, in its order. What an admin added or set stays."""
    listed = {model.id: (position, model) for position, model in enumerate(models[:MAX_LISTED_MODELS])}
    rows = {row.name: row for row in provider.models.all()}
    new = [_new(provider, *listed[name]) for name in listed if name not in rows]
    changed = [row for name, row in rows.items() if _follow(row, *listed.get(name, (row.position, None)))]
    for batch in _batches(new):
        Model.objects.bulk_create(batch, ignore_conflicts=True)
    for batch in _batches(changed):
        with transaction.atomic():
            for row in batch:  # takes a fifth of the time of bulk_update
                row.save(update_fields=["available", "position", *COLUMNS])


def _new(provider: Provider, position: int, listed: ListedModel) -> Model:
    kind = kind_of(listed.id, listed.raw)
    return Model(
        provider=provider,
        name=listed.id,
        made_by=MadeBy.LIST,
        kind=kind,
        offered=provider.offers_new_models and kind == Kind.CHAT,
        position=position,
        **columns(listed),
    )


def _follow(row: Model, position: int, listed: ListedModel | None) -> bool:
    """Update a row from the list; a row of an admin stays available. Returns whether to save it.

    A new position alone is not a reason: one new model at the head moves all the others. What a list said of a model
    stays when the list does not have the model any more.
    """
    new = columns(listed) if listed else {}
    new["available"] = listed is not None or row.made_by == MadeBy.ADMIN
    is_changed = any(getattr(row, name) != value for name, value in new.items())
    for name, value in new.items():
        setattr(row, name, value)
    row.position = position
    return is_changed


def _batches(rows: list[Model]) -> list[list[Model]]:
    return [rows[first : first + BATCH_ROWS] for first in range(0, len(rows), BATCH_ROWS)]
