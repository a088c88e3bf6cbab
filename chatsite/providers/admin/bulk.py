"""What is done with many models: offered, given to groups, and known prices filled in.

A page says first what will change. It posts to the list again, with the same action and the same models.
"""

from typing import NamedTuple

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.template.response import TemplateResponse

from chatsite.audit.recording import differences, values
from chatsite.providers.audience import people_in
from chatsite.providers.known_prices import Known, known_of_model, written
from chatsite.providers.model_forms import GroupsForm
from chatsite.providers.models import Model
from chatsite.wording import counted

NUMBERS = Known._fields
DELETED = "These models were deleted meanwhile."


def audience(model: Model) -> str:
    """Return for whom a model is. Its groups are prefetched in the list."""
    return ", ".join(sorted(group.name for group in model.groups.all())) or "everyone"


def set_offered(admin, request, models, offered: bool) -> None:
    for model in models:
        admin.record(request, "changed", model, before={"offered": model.offered}, after={"offered": offered})
    count = models.update(offered=offered)
    Model.objects.pick()
    said = "offered now" if offered else "not offered any more"
    admin.message_user(request, f"{counted(count, 'model is', 'models are')} {said}.")


def to_groups(admin, request, models):
    """Ask for whom these models shall be, and make them so."""
    models = list(models)
    if not models:
        admin.message_user(request, DELETED, messages.WARNING)
        return None
    form = GroupsForm(request.POST if "confirmed" in request.POST else None, initial=_now_of(models))
    if not form.is_bound or not form.is_valid():
        more = {"form": form, "everyone": people_in([])}
        return _page(admin, request, models, "to_groups", f"Who may use {_named(models)}", **more)
    groups = form.chosen
    with transaction.atomic():
        for model in models:
            before = values(model, ["groups"])
            model.groups.set(groups)
            _record(admin, request, model, before, {"groups": sorted(map(str, groups))})
        Model.objects.pick()
    whom = " and ".join(map(str, groups)) or "everyone"
    people = counted(people_in(groups), "person", "people")
    admin.message_user(
        request,
        f"{counted(len(models), 'model is', 'models are')} for {whom} now: {people}.",
        messages.SUCCESS,
    )
    return None


def _now_of(models: list[Model]) -> dict:
    """Return what the form says at first: for whom all of them are now, where that is the same for all."""
    groups = [frozenset(group.pk for group in model.groups.all()) for model in models]
    if len(set(groups)) == 1:
        return {"who": GroupsForm.GROUPS if groups[0] else GroupsForm.EVERYONE, "groups": groups[0]}
    return {"who": GroupsForm.GROUPS}


class Change(NamedTuple):
    """What would change in a model: each number now and then; where none is known, it stays. overwrites: an admin
    wrote other numbers."""

    model: Model
    numbers: list[tuple[str, str]]
    overwrites: bool


def fill_in_prices(admin, request, models):
    """Show which known prices and context windows differ from those that are there, and store the chosen ones."""
    models = list(models.select_related("provider"))
    changes = list(filter(None, map(_change, models)))
    if not changes:
        admin.message_user(request, f"Nothing more is known of {_named(models)}.", messages.WARNING)
        return None
    if "confirmed" not in request.POST:
        title = f"Fill in known prices of {_named(models)}"
        without = len(models) - len(changes)
        return _page(admin, request, models, "fill_in_prices", title, changes=changes, without=without)
    chosen = set(request.POST.getlist("chosen"))
    wanted = [change.model for change in changes if str(change.model.pk) in chosen]
    with transaction.atomic():
        for model in wanted:
            _fill_in(admin, request, model)
    said = f"What is known of {counted(len(wanted), 'model')} is filled in."
    admin.message_user(request, said, messages.SUCCESS)
    return None


def _change(model: Model) -> Change | None:
    known = known_of_model(model)
    if known is None:
        return None
    pairs = [(getattr(model, name), getattr(known, name)) for name in NUMBERS]
    differs = [(now, then) for now, then in pairs if then is not None and now != then]
    if not differs:
        return None
    shown = [(written(now), written(now if then is None else then)) for now, then in pairs]
    return Change(model, shown, any(now is not None for now, _ in differs))


def _fill_in(admin, request, model: Model) -> None:
    before, known = values(model, NUMBERS), known_of_model(model)
    for name, value in known._asdict().items():
        if value is not None:
            setattr(model, name, value)
    model.save(update_fields=NUMBERS)
    _record(admin, request, model, before, values(model, NUMBERS))


def _record(admin, request, model: Model, before: dict, after: dict) -> None:
    before, after = differences(before, after)
    admin.record(request, "changed", model, before=before, after=after)


def _named(models: list[Model]) -> str:
    return str(models[0]) if len(models) == 1 else f"{len(models)} models"


def _page(admin, request, models: list[Model], action: str, title: str, **more):
    is_all = request.POST.get("select_across") == "1"
    context = {
        **admin.admin_site.each_context(request),
        "title": title,
        "opts": admin.opts,
        "action": action,
        "select_across": int(is_all),
        "selected_name": ACTION_CHECKBOX_NAME,
        # Where all that match are selected, the list finds them again.
        "selected": [model.pk for model in models[: 1 if is_all else None]],
        "models": models,
        "audiences": [(model, audience(model)) for model in models],
        **more,
    }
    return TemplateResponse(request, f"admin/providers/model/{action}.html", context)
