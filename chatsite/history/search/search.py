"""A search: what one person looks for."""

from dataclasses import dataclass

from chatsite.history.search.query import Query


@dataclass(frozen=True, slots=True)
class Search:
    """A query of one person. prompts: the ids of the system prompts that the query names."""

    query: Query
    owner: int
    prompts: tuple[int, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether no message can match: the query has no words, is for titles only, or names an unknown prompt."""
        return (
            not self.query.phrases or self.query.titles_only or bool(self.query.prompts) and not self.prompts
        )
