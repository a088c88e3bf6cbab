"""What a group may use: models and system prompts. For whom one is, is stored with it; one without groups is for
everyone."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Group
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from chatsite.banners.models import Banner
from chatsite.prompts.models import SystemPrompt
from chatsite.providers.models import Model

Offer = Model | SystemPrompt


def offers(kind: type[Offer], group: Group | None, words: str) -> Any:
    """Return all of this kind whose name contains these words, for a page of the group: each with `is_for_everyone`,
    `is_for_group` and `is_for_others`."""
    links: Any = kind.groups.through._default_manager
    column = "model" if kind is Model else "systemprompt"
    mine = links.filter(**{column: OuterRef("pk")})
    pk = group.pk if group else None
    return _shown(kind, words).annotate(
        is_for_everyone=~Exists(mine),
        is_for_group=Exists(mine.filter(group=pk)),
        is_for_others=Exists(mine.exclude(group=pk)),
    )


def _shown(kind: type[Offer], words: str) -> Any:
    if kind is Model:
        named = Q(name__icontains=words) | Q(title__icontains=words) | Q(provider__name__icontains=words)
        found = Model.objects.filter(named, provider__enabled=True, available=True)
        return found.select_related("provider").order_by("provider__name", "name")
    return SystemPrompt.objects.filter(name__icontains=words, archived=None).order_by("name")


def choose(group: Group, shown: Iterable[Any], chosen: Iterable[Any]) -> list[Any]:
    """Let the group use what was chosen of what was shown, and nothing else of it. Returns what has changed."""
    pks = {each.pk for each in chosen}
    changed = [each for each in shown if (each.pk in pks) != each.is_for_group]
    with transaction.atomic():
        for each in changed:
            (each.groups.add if each.pk in pks else each.groups.remove)(group)
    return changed


def only_for(groups: Iterable[Group]) -> list[Any]:
    """Return what is for these groups and for no other one. Without them it would be for everyone.

    A banner that is over is shown to nobody.
    """
    pks = [group.pk for group in groups]
    others = Group.objects.exclude(pk__in=pks)
    banners = Banner.objects.exclude(ends__lte=timezone.now())
    kinds: list[QuerySet[Any]] = [Model.objects.all(), SystemPrompt.objects.all(), banners]
    of_groups = [kind.filter(groups__in=pks).exclude(groups__in=others).distinct() for kind in kinds]
    return [each for found in of_groups for each in found]


def names(kind: type[Offer], group: Group) -> list[str]:
    """Return what of this kind the group may use because it was chosen."""
    found: models.QuerySet[Any] = kind.objects.filter(groups=group)
    return sorted(map(str, found))
