"""The values of variables for one person and one answer."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import F, Q, Value
from django.utils import timezone
from django.utils.translation import get_language_info

from chatsite.prompts.models import PromptVariable, SystemPromptVersion
from chatsite.prompts.variables import BUILT_IN, MAX_OWN_VALUE_CHARACTERS, names, of_moment, one_line
from chatsite.statements import Given, Select

SITE_NAME = "chatsite"
STORED = frozenset(BUILT_IN) - {"groups"}


def values_for(version: SystemPromptVersion, user, model: str, now: datetime) -> dict[str, str]:
    """Return the values of the variables that a version's text uses. Only groups and own ones cost a statement."""
    used = names(version.text) if version.has_variables else []
    known = simple_values(user, model, now) if used else {}
    if set(used) - STORED:
        known |= stored_values(user, version.prompt_id)
    return {name: known[name] for name in used if name in known}


def simple_values(user, model: str, now: datetime) -> dict[str, str]:
    return {
        "user.name": one_line(user.get_full_name() or user.get_username()),
        "user.language": get_language_info(settings.LANGUAGE_CODE)["name"],
        "model": one_line(model),
        "site.name": SITE_NAME,
        **of_moment(timezone.localtime(now, timezone.get_default_timezone())),
    }


def stored_values(user, prompt: int | None) -> dict[str, str]:
    """Return a person’s groups, and the variables of a prompt and of the site. A prompt's own come first."""
    rows = STORED_VALUES.rows(user=user.pk, prompt=prompt)
    groups = [name for kind, name, _ in rows if kind == "group"]
    own = {kind: {name: value for each, name, value in rows if each == kind} for kind in ("site", "prompt")}
    values = {
        name: one_line(value, MAX_OWN_VALUE_CHARACTERS)
        for name, value in (own["site"] | own["prompt"]).items()
    }
    return values | {"groups": ", ".join(one_line(name) for name in sorted(groups)) or "none"}


def _stored():
    text = models.TextField()
    groups = Group.objects.filter(user=Given("user", models.BigAutoField())).order_by()
    variables = PromptVariable.objects.order_by()
    return (
        groups.annotate(kind=Value("group", text), said=F("name"), value=Value("", text))
        .values_list("kind", "said", "value")
        .union(
            variables.filter(prompt=None)
            .annotate(kind=Value("site", text), said=F("name"), value=F("default"))
            .values_list("kind", "said", "value"),
            variables.filter(Q(prompt=Given("prompt", models.BigAutoField())))
            .annotate(kind=Value("prompt", text), said=F("name"), value=F("default"))
            .values_list("kind", "said", "value"),
            all=True,
        )
    )


STORED_VALUES = Select(_stored)
