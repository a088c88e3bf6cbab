"""What was seen before, so that what any visitor can send fills no log."""


class Seen:
    """Remembers the first `most` names."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._names: set[str] = set()

    def is_new(self, name: str) -> bool:
        """Whether a name is one of the first, and has come for the first time."""
        if name in self._names or len(self._names) >= self._most:
            return False
        self._names.add(name)
        return True
