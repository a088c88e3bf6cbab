"""What the conversations refuse, in words."""


class Refusal(Exception):
    """A request that cannot be done: `code` for programs, `str(refusal)` for people.

    ref: what the page named the command that cannot be done.
    """

    def __init__(self, code: str, detail: str, ref: str | None = None) -> None:
        super().__init__(detail)
        self.code = code
        self.ref = ref


NOT_THERE = "This conversation is not there."
UNAVAILABLE = "This could not be done, because the site's database refuses. Try it again in a moment."
