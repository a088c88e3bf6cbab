"""Names seen before: what any visitor can send must not fill the log."""


class Seen:
    """Remembers the first `max_names` names."""

    def __init__(self, max_names: int) -> None:
        self._max_names = max_names
        self._names: set[str] = set()

    def is_new(self, name: str) -> bool:
        """Return whether a name is new, and one of the first."""
        if name in self._names or len(self._names) >= self._max_names:
            return False
        self._names.add(name)
        return True
