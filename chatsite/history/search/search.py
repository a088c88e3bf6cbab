"""A search: what one person looks for."""

from collections.abc import Mapping
from dataclasses import dataclass

from chatsite.history.search.query import Query


@dataclass(frozen=True, slots=True)
class Search:
    """A query of one person. prompts, folders: the ids of the system prompts and folders that the query names."""

    query: Query
    owner: int
    prompts: tuple[int, ...] = ()
    folders: tuple[int, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether no message can match: the query has no words, is for titles only, or names an unknown prompt or
        folder."""
        query = self.query
        is_unknown = bool(query.prompts and not self.prompts or query.folders and not self.folders)
        return not query.phrases or query.titles_only or is_unknown

    @property
    def of_conversations(self) -> Mapping[str, object]:
        """The conditions that the query's filters are for conversations, beside their words."""
        return {**self.query.flags, **({"folder__in": self.folders} if self.query.folders else {})}

    @property
    def of_messages(self) -> Mapping[str, object]:
        """The same conditions for their messages."""
        return {f"conversation__{name}": value for name, value in self.of_conversations.items()}
