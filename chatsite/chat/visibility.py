"""What a person sees: an answer that ends while none of their pages shows it makes its conversation unread."""

import logging
from uuid import UUID

from channels.db import database_sync_to_async
from django.db import DatabaseError

from chatsite.conversations.unread import mark_seen
from chatsite.runs.process import PROCESS

logger = logging.getLogger(__name__)

# A page that the person does not see now requests others with this header.
HIDDEN = "X-Page-Hidden"


async def see(user_id: int, conversation: UUID) -> bool:
    """Mark a conversation that its owner sees as read, on all of their pages.

    Returns whether that is stored. Where it cannot be, the conversation stays unread, and the page is shown.
    """
    try:
        pk = await database_sync_to_async(mark_seen)(user_id, conversation)
    except DatabaseError:
        logger.warning("That a conversation was seen could not be stored; it stays unread.", exc_info=True)
        return False
    if pk is not None:
        await PROCESS.hints.publish({"changed": pk})
    return True
