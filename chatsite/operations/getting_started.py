"""The first steps of an admin, each with its state, and the figures of today: what the admin's first page shows."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from chatsite.accounts.models import Invitation
from chatsite.completions.networks import is_loopback
from chatsite.conversations.models import Completion, Status
from chatsite.operations import proxies
from chatsite.operations.backups.making import has_any
from chatsite.operations.backups.page import schedule
from chatsite.operations.doctor.examining import Report
from chatsite.operations.doctor.findings import Level
from chatsite.prompts.models import PromptRelease, SystemPrompt
from chatsite.prompts.permissions import sees_prompts
from chatsite.prompts.release_state import stopped_by_site
from chatsite.providers.models import Model, Origin
from chatsite.usage.models import Limit
from chatsite.usage.periods import today
from chatsite.usage.reports import Line, total

# A month of one person, in the currency of the models' prices.
SUGGESTED_COST = 5
# How long the first page says that the site stopped a trial, unless something is released for the prompt before.
STOPPED_SHOWN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    hint: what to do, or why. is_optional: the list is done without it. may_return: it can be open again later, and the
    list is not shown for it alone. more: a template with what else helps, and `values`: what it shows.
    """

    name: str
    is_done: bool
    url: str
    hint: str
    is_optional: bool = False
    may_return: bool = False
    more: str = ""
    values: dict[str, Any] = field(default_factory=dict)


def steps(request: Any, report: Report) -> list[Step]:
    """Return all steps; none when the ones that a site needs are done. Each state is what the site is now.

    report: what the doctor finds.
    """
    found = [
        Step(
            "Set a password",
            request.user.has_usable_password(),
            reverse("accounts:password"),
            "The link that signed you in works once. Without a password, manage.py sign_in_link prints another one.",
        ),
        Step(
            "Connect a model",
            Model.objects.offered().exclude(provider__origin=Origin.DEMO).exists(),
            reverse("admin:providers_provider_add"),
            "Choose a server, type its key, and press Test before you save.",
        ),
        Step(
            "Ask it something",
            Completion.objects.filter(status=Status.COMPLETE).exclude(provider__origin=Origin.DEMO).exists(),
            reverse("conversations:new"),
            "An answer shows that everything works.",
        ),
        Step(
            "Write the first system prompt",
            SystemPrompt.objects.live().exists(),
            reverse("admin:prompts_systemprompt_add"),
            "It tells the model what your site is for. People get it when it is published.",
        ),
        Step(
            "Let people in",
            User.objects.count() > 1 or Invitation.objects.exists(),
            reverse("admin:accounts_invitation_add"),
            "An invitation is a link that works once.",
        ),
        _address(request),
        _backup(),
        _doctor(report),
        Step(
            "Limit what people use",
            Limit.objects.exists(),
            f"{reverse('admin:usage_limit_add')}?cost_a_month={SUGGESTED_COST}",
            f"The form proposes a cost of {SUGGESTED_COST} a person and month. Change it as you like.",
            is_optional=True,
        ),
    ]
    is_over = all(step.is_done or step.is_optional or step.may_return for step in found)
    return [] if is_over else found


def _address(request: Any) -> Step:
    """Other machines need TLS and a name that the site knows."""
    host = request.get_host()
    is_done = bool(settings.CSRF_TRUSTED_ORIGINS) or is_loopback(host.rpartition(":")[0] or host)
    values = proxies.values(request)
    variables = f"CHATSITE_ORIGINS=https://{values['host']} and, for its address, CHATSITE_TRUSTED_PROXIES"
    hint = f"Put a proxy with TLS in front, and set {variables}."
    url, lines = reverse("admin:environment"), "admin/proxies/_lines.html"
    return Step("Use https", is_done, url, hint, more=lines, values=values)


def _backup() -> Step:
    hint = "One file with everything, made while the site runs, and checked by opening it."
    url, button = reverse("admin:backups"), "admin/backups/_make.html"
    return Step("Make a backup", has_any(), url, hint, more=button, values=schedule())


def _doctor(report: Report) -> Step:
    """Done where nothing must be put right; else the sentence that matters."""
    worst = report.worst
    hint = f"{worst.sentence} {worst.do}" if worst else report.verdict
    is_done = report.level < Level.PROBLEM
    return Step("Ask the doctor", is_done, reverse("admin:doctor"), hint, may_return=True)


def figures(user: Any) -> Line | None:
    """Return the sums of today; None for who may not see them."""
    return total("Today", today(), today()) if user.has_perm("usage.view_usageday") else None


def running(user: Any) -> int | None:
    """Return how many answers are being written; None for who may not see that."""
    may_see = user.has_perm("conversations.view_runninganswer")
    return Completion.objects.streaming().count() if may_see else None


def stopped_trials(user: Any) -> list[PromptRelease]:
    """Return the trials of prompts that the site stopped lately; none for who may not see prompts."""
    return stopped_by_site(timezone.now() - STOPPED_SHOWN) if sees_prompts(user) else []
