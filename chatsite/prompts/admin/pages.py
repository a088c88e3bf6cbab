"""What all pages of one prompt share: who may see them, the state of the releases, and the links between them."""

from datetime import datetime
from functools import wraps

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.defaultfilters import date
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from chatsite.prompts.models import SystemPrompt, SystemPromptVersion
from chatsite.prompts.release_state import release_state


def may(request, verb: str) -> bool:
    return request.user.has_perm(f"prompts.{verb}_systemprompt")


def page(view, *verbs: str):
    """Return a view of the admin that takes a prompt, for those who may do one of these."""

    @wraps(view)
    def of_prompt(admin, request, object_id, **named):
        prompt = admin.get_object(request, unquote(str(object_id)))
        if prompt is None:
            raise Http404
        if not any(may(request, verb) for verb in verbs):
            raise PermissionDenied
        return view(admin, request, prompt, **named)

    return of_prompt


def context(admin, request, prompt: SystemPrompt, title: str, **more) -> dict:
    """Return what the template of every page of a prompt needs."""
    return {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "prompt": prompt,
        "original": prompt,
        "title": title,
        "release_state": release_state(prompt),
        "may": {verb: may(request, verb) for verb in ("change", "publish", "approve", "archive")},
        **more,
    }


def show(admin, request, prompt: SystemPrompt, template: str, title: str, **more) -> TemplateResponse:
    filled = context(admin, request, prompt, title, **more)
    return TemplateResponse(request, f"admin/prompts/systemprompt/{template}.html", filled)


def address(name: str, *args) -> str:
    return reverse(f"admin:prompts_systemprompt_{name}", args=args)


def written(moment: datetime) -> str:
    """Return a time as the pages show it, with its zone."""
    return date(timezone.localtime(moment), "j F Y, H:i T")


def version_or_404(prompt: SystemPrompt, number) -> SystemPromptVersion:
    try:
        return prompt.versions.get(number=int(number))
    except (SystemPromptVersion.DoesNotExist, ValueError, OverflowError) as error:
        raise Http404 from error
