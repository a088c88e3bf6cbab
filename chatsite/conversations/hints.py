"""Hints over the channel layer: they make other sockets immediate and carry nothing that is not stored.

A layer can lose a hint or fail. Then the database still has everything, so a failure is logged and work goes on.
"""

import logging
from typing import Any
from uuid import UUID

from channels.layers import get_channel_layer

from chatsite.conversations.models import Completion, Conversation

logger = logging.getLogger(__name__)


def conversation_group(conversation: UUID) -> str:
    """The sockets that show this conversation."""
    return f"conversation.{conversation}"


def person_group(user_pk: int) -> str:
    """All sockets of this person."""
    return f"person.{user_pk}"


async def turn_began(completion: Completion, by: str) -> None:
    """A turn began on the socket whose channel is `by`."""
    group = conversation_group(completion.message.conversation.uuid)
    await _send(group, {"type": "turn.began", "completion": completion.pk, "by": by})


async def conversation_changed(conversation: Conversation) -> None:
    """A conversation was made, named, or its answer began or ended."""
    hint = {"type": "conversation.changed", "conversation": conversation.pk}
    await _send(person_group(conversation.owner_id), hint)


async def _send(group: str, hint: dict[str, Any]) -> None:
    try:
        layer: Any = get_channel_layer()
        await layer.group_send(group, hint)
    except Exception:  # whatever a layer's backend raises
        logger.exception("A hint could not be sent.")
