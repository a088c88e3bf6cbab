"""The HTML elements of messages, the same for all pages."""

from typing import Any

from django.db import models
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from chatsite.conversations.models import Completion, Message, Status
from chatsite.rendering import HtmlCache

# Characters of elements that are kept: about two thousand messages.
MAX_KEPT_CHARACTERS = 8 * 1024 * 1024
_kept = HtmlCache(MAX_KEPT_CHARACTERS)


def element(message: Message) -> SafeString:
    """Return the message's element."""
    return render_to_string("conversations/_message.html", {"message": message})


def kept_element(message: Message) -> SafeString:
    """Return the same from a cache, if it was rendered lately. Its key is all that the element shows, so nothing that
    changes has to be removed from it. The text of a running answer is in its log, and not kept."""
    completion: Completion | None = message.completion
    if completion and completion.status == Status.STREAMING:
        return element(message)
    return mark_safe(_kept.of(repr(_shown(message, completion)), lambda: element(message)))


def _shown(message: Message, completion: Completion | None) -> tuple[Any, ...]:
    of_message = (_columns(message), message.parent_uuid, message.siblings)
    if completion is None:
        return of_message
    feedback = message.feedback and _columns(message.feedback)
    provider, version = completion.provider, completion.prompt_version
    names = (provider and provider.name, version and (version.prompt.name, version.number))
    return *of_message, feedback, _columns(completion), names


def _columns(row: models.Model) -> list[Any]:
    return [getattr(row, field.attname) for field in row._meta.concrete_fields]
