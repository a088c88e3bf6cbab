"""Conversations, their messages, the runs that write them, and the log of each run."""

from chatsite.conversations.models.asked import Asked
from chatsite.conversations.models.completion import Completion
from chatsite.conversations.models.conversation import Conversation
from chatsite.conversations.models.conversation_queries import MAX_TEMPORARY, OVER, TEMPORARY_GRACE
from chatsite.conversations.models.feedback import Feedback
from chatsite.conversations.models.folder import Folder
from chatsite.conversations.models.log_entry import LogEntry
from chatsite.conversations.models.message import HistoryItem, Message, Role
from chatsite.conversations.models.outcome import Outcome, count
from chatsite.conversations.models.running_answer import RunningAnswer
from chatsite.conversations.models.shared_answer import SharedAnswer
from chatsite.conversations.models.siblings import Siblings
from chatsite.conversations.models.status import Status

__all__ = [
    "Asked",
    "Completion",
    "Conversation",
    "Feedback",
    "Folder",
    "HistoryItem",
    "LogEntry",
    "MAX_TEMPORARY",
    "Message",
    "OVER",
    "Outcome",
    "Role",
    "RunningAnswer",
    "SharedAnswer",
    "Siblings",
    "Status",
    "TEMPORARY_GRACE",
    "count",
]
