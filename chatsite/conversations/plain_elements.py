"""The elements of plain messages: values are put into what the template rendered once, which takes a tenth of the time.

Plain is what most messages of a conversation are: a question without alternatives, an answer that has just begun, and
one that is complete and without anything more to say of it than its details.
"""

from functools import cache
from typing import Any, NamedTuple

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from chatsite.conversations.models import Completion, Message, Role, Siblings, Status

# With these, the template has nothing to say of how a complete answer ended.
ENDED_AS_USUAL = ("", "stop")


class Shape(NamedTuple):
    """What the template's conditions depend on: messages of one shape differ in values alone.

    details: the names of those values that there are.
    """

    role: str
    status: str = ""
    has_parent: bool = False
    finish_reason: str = ""
    details: tuple[str, ...] = ()


def rendered(message: Any) -> SafeString:
    """Return a message's element from the template."""
    return render_to_string("conversations/_message.html", {"message": message})


def plain_element(message: Message) -> SafeString | None:
    """Return the same, filled in; None for a message that is not plain."""
    completion: Completion | None = message.completion
    if not _is_plain(message, completion):
        return None
    values: dict[str, Any] = {"uuid": message.uuid, "parent": message.parent_uuid or "", "html": message.html}
    shape = Shape(message.role)
    if completion:
        details = _details(completion) if completion.status == Status.COMPLETE else {}
        has_parent = message.parent_id is not None
        shape = Shape(message.role, completion.status, has_parent, completion.finish_reason, tuple(details))
        values |= {"completion": completion.pk, "model": escape(completion.model), **details}
    return mark_safe(_skeleton(shape).format(**values))


def _is_plain(message: Message, completion: Completion | None) -> bool:
    if message.siblings.count != 1:
        return False
    if completion is None:
        return message.role == Role.USER
    if message.reasoning or completion.prompt_before or not completion.model:
        return False
    if completion.status == Status.STREAMING:
        return True
    is_usual = completion.status == Status.COMPLETE and completion.finish_reason in ENDED_AS_USUAL
    has_more = completion.omitted or completion.dropped_prompt or message.feedback
    return is_usual and not (has_more or message.is_blank)


def _details(completion: Completion) -> dict[str, Any]:
    """Return the values that the details show, as far as there are any."""
    version, provider = completion.prompt_version, completion.provider
    values = {
        "provider": escape(provider.name) if provider else None,
        "prompt": version.prompt_id if version else None,
        "prompt_name": escape(version.prompt.name) if version else None,
        "version": version.number if version else None,
        "published": completion.prompt_published or None,
        "prompt_tokens": completion.prompt_tokens,
        "cached_tokens": completion.cached_tokens or None,
        "completion_tokens": completion.completion_tokens,
        "seconds": completion.seconds,
    }
    return {name: value for name, value in values.items() if value is not None}


@cache
def _skeleton(shape: Shape) -> str:
    """Return the element of a message of this shape, with the names of its values in braces."""
    given = {name: f"{{{name}}}" for name in shape.details}
    version = {"number": "{version}", "prompt_id": "{prompt}", "prompt": {"name": "{prompt_name}"}}
    completion = given | {
        "pk": "{completion}",
        "model": "{model}",
        "status": shape.status,
        "finish_reason": shape.finish_reason,
        "provider": {"name": "{provider}"} if "provider" in given else None,
        "prompt_version": version if "version" in given else None,
        "prompt_published": given.get("published"),
    }
    return rendered(
        {
            "uuid": "{uuid}",
            "parent_uuid": "{parent}",
            "parent_id": shape.has_parent,
            "role": shape.role,
            "html": mark_safe("{html}"),
            "siblings": Siblings(),
            "completion": completion if shape.status else None,
        }
    )
