"""Keeping a temporary conversation."""

from uuid import UUID

from asgiref.sync import async_to_sync
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from chatsite.conversations.access import open_conversation, still_stored
from chatsite.conversations.models import Conversation, Role, Status
from chatsite.providers.models import Model
from chatsite.providers.serving import serving
from chatsite.runs.process import PROCESS


@login_required
@require_POST
def keep(request, uuid: UUID):
    """Make a temporary conversation an ordinary one: lists show it, and a model titles it."""
    conversation = open_conversation(request.user, uuid)
    if conversation.is_temporary:
        with still_stored():
            conversation.make_permanent()
        async_to_sync(_announce)(conversation, *_first_turn(conversation), _models(conversation))
    return redirect(conversation)


async def _announce(conversation: Conversation, question: str, reply: str, models: list[Model]) -> None:
    await PROCESS.hints.publish({"changed": conversation.pk})
    if reply and conversation.title_is_provisional:
        PROCESS.titles.start(conversation, question, reply, models)


def _models(conversation: Conversation) -> list[Model]:
    return serving(conversation.model, conversation.owner_id)


def _first_turn(conversation: Conversation) -> tuple[str, str]:
    """Return the first question and its answer. An unfinished answer is empty: its end makes the title."""
    question = conversation.messages.filter(role=Role.USER).order_by("pk").first()
    replies = question.replies.filter(completions__status=Status.COMPLETE) if question else None
    reply = replies.order_by("pk").first() if replies is not None else None
    return (question.text if question else "", reply.text if reply else "")
