"""The models that a person may choose, and those that answer under a name.

`person`: the id of a user. None is the site itself, which may use all that is offered.
"""

from collections.abc import Iterable

from django.db import models

from chatsite.providers.kinds import Kind
from chatsite.providers.models import Model
from chatsite.statements import Given, Shared


def choices_for(person: int | None) -> list[Model]:
    """Return what a person may choose: one model for each name."""
    offered, usable = OFFERED.marked(None, person=person or NOBODY)
    _share_defaults(offered)
    return _one_a_name(offered if person is None else usable)


def default_for(person: int | None, among: list[Model] | None = None) -> Model | None:
    """Return the model for new conversations: an admin's choice, else the site's pick, else what it would pick.
    `among`: the choices, if they were queried already."""
    models = choices_for(person) if among is None else among
    chosen = [model for model in models if model.default]
    picked = [model for model in models if model.picked and model.kind == Kind.CHAT]
    return next(iter(chosen + picked), None) or _best(models)


def serving(name: str, person: int | None) -> list[Model]:
    """Return all models of this name that a person may use, the one to ask first at the head. Without a name: of the
    default's. Nothing changes these objects."""
    if not name:
        first = default_for(person)
        return serving(first.name, person) if first else []
    offered, usable = SERVING.marked(name, name=name, person=person or NOBODY)
    return offered if person is None else usable


def why_unusable(name: str) -> str:
    """Return why no model of this name is for a person, whom `serving` gave none."""
    if Model.objects.offered().filter(name=name).exists():
        return f"The model “{name}” is for groups that you are not in. Choose another one."
    return f"The model “{name}” is not offered any more. Choose another one."


def _share_defaults(models: list[Model]) -> None:
    """Make a model the default if any of its name is. Others share these objects: done twice, it changes nothing."""
    names = (
        {model.name for model in models if model.default},
        {model.name for model in models if model.picked},
    )
    for model in models:
        model.default, model.picked = (model.name in each for each in names)


def _one_a_name(models: list[Model]) -> list[Model]:
    firsts: dict[str, Model] = {}
    for model in models:
        firsts.setdefault(model.name, model)
    return list(firsts.values())


def _best(models: Iterable[Model]) -> Model | None:
    """Return the first model for chat of the provider that is asked first, or of the oldest of equal providers."""
    chats = [model for model in models if model.kind == Kind.CHAT]
    return min(
        chats,
        key=lambda model: (-model.provider.priority, model.provider_id, model.position, model.pk),
        default=None,
    )


# No user has this id.
NOBODY = 0
PERSON = Given("person", models.BigAutoField())


def _offered() -> models.QuerySet:
    return Model.objects.offered().annotate(marked=Model.objects.is_for(PERSON))


OFFERED = Shared(_offered)
SERVING = Shared(lambda: _offered().filter(name=Given("name", Model._meta.get_field("name"))))
