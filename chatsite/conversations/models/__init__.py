"""Conversations, their messages, the runs that write them, and the log of each run."""

from chatsite.conversations.models.completion import Completion, LogEntry, Outcome, Status
from chatsite.conversations.models.conversation import Conversation
from chatsite.conversations.models.message import HistoryItem, Message, Role

__all__ = ["Completion", "Conversation", "LogEntry", "Message", "Outcome", "Role", "HistoryItem", "Status"]
