"""Refusals: commands that cannot be done, with a sentence for people."""


class Refusal(Exception):
    """A request that cannot be done: `code` for programs, `str(refusal)` for people.

    ref: what the page named the command that cannot be done.
    """

    def __init__(self, code: str, detail: str, ref: str | None = None) -> None:
        super().__init__(detail)
        self.code = code
        self.ref = ref


NOT_FOUND = "Conversation not found."
UNAVAILABLE = "The database is unavailable, so this could not be done. Try again in a moment."
