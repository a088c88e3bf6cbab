"""Deletes what the rule says, a few conversations at a time."""

import time
from collections.abc import Iterator

from chatsite.conversations.models import Conversation
from chatsite.history.retention.due import due
from chatsite.history.retention.models import RetentionRule
from chatsite.runs.hints import Hint

# Conversations of one query, and seconds after each of them, for others to write in.
AT_ONCE = 200
PAUSE_SECONDS = 0.01


def delete_due() -> Iterator[Conversation]:
    """Delete what is due, each conversation in a transaction of its own that checks again, and yield it. Two processes
    may do it at once."""
    last = 0
    while rule := RetentionRule.objects.in_force():
        condition = due(rule)
        found = list(Conversation.objects.filter(condition, pk__gt=last).order_by("pk")[:AT_ONCE])
        last = found[-1].pk if found else last
        for conversation in found:
            if conversation.delete_if(condition):
                yield conversation
            time.sleep(PAUSE_SECONDS)
        if len(found) < AT_ONCE:
            return


def housekeeping() -> list[Hint]:
    """Delete what is due. Pages of people who lose something fetch their lists again."""
    return [{"many": owner} for owner in {conversation.owner_id for conversation in delete_due()}]
