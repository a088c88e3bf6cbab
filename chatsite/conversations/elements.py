"""The HTML elements of messages, and of conversations in lists, the same for all pages."""

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import models
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from chatsite.conversations.models import Completion, Conversation, Message, Status
from chatsite.conversations.plain_elements import plain_element, rendered
from chatsite.rendering import HtmlCache

# Characters of elements that are kept: about two thousand messages, or ten thousand rows.
MAX_KEPT_CHARACTERS = 8 * 1024 * 1024
_kept, _rows = HtmlCache(MAX_KEPT_CHARACTERS), HtmlCache(MAX_KEPT_CHARACTERS)
# What a row shows.
_of_row = attrgetter("uuid", "title", "pinned", "archived", "updated", "is_answering", "unread")


def element(message: Message) -> SafeString:
    """Return the message's element."""
    return plain_element(message) or rendered(message)


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


def _columns(row: models.Model) -> tuple[Any, ...]:
    columns: tuple[Any, ...] = _reader(type(row))(row)
    return columns


@cache
def _reader(model: type[models.Model]) -> Callable[[models.Model], Any]:
    return attrgetter(*(field.attname for field in model._meta.concrete_fields))


@cache
def blank_element() -> SafeString:
    """Return the element that scripts fill for a new message."""
    return rendered(None)


def kept_row(conversation: Conversation, shown: UUID | str) -> SafeString:
    """Return the row of a conversation in a list, from the cache, if it was rendered lately. `shown`: the conversation
    that the page shows."""
    is_current = conversation.uuid == shown
    context = {"item": conversation, "is_current": is_current}
    key = repr((_of_row(conversation), is_current))
    return mark_safe(_rows.of(key, lambda: render_to_string("conversations/_list_row.html", context)))
