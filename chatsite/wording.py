"""Words of sentences that depend on a number."""


def counted(count: int, noun: str, plural: str = "") -> str:
    """Return a count with its noun, such as "1 model" or "1,200 models". plural: where it is not the noun with an s."""
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"
