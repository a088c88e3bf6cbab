"""The models that answer under a name."""

from django.db import DEFAULT_DB_ALIAS, models

from chatsite.providers.models import Model, Provider
from chatsite.statements import Given, Row, Select


def serving(name: str) -> list[Model]:
    """Return all offered models of this name, the one to ask first at the head. Without a name: of the default's."""
    if not name:
        default = Model.objects.default()
        return serving(default.name) if default else []
    return _objects(name, SERVING.rows(name=name))


def _objects(name: str, rows: list[Row]) -> list[Model]:
    """Return the models of these rows; the cached ones unless the rows have changed."""
    known, objects = _cache.get(name, ([], []))
    if rows != known:
        objects = [_model(row) for row in rows]
        _cache[name] = rows, objects
    return objects


def _model(row: Row) -> Model:
    model = Model.from_db(DEFAULT_DB_ALIAS, OF_MODEL, row[: len(OF_MODEL)])
    model.provider = Provider.from_db(DEFAULT_DB_ALIAS, OF_PROVIDER, row[len(OF_MODEL) :])
    return model


def _serving() -> models.QuerySet:
    named = Model.objects.offered().filter(name=Given("name", Model._meta.get_field("name")))
    return named.values_list(*OF_MODEL, *(f"provider__{name}" for name in OF_PROVIDER))


OF_MODEL, OF_PROVIDER = (
    [field.attname for field in each._meta.concrete_fields] for each in (Model, Provider)
)
SERVING = Select(_serving)
# The last result for each name. Nothing changes these objects.
_cache: dict[str, tuple[list[Row], list[Model]]] = {}
