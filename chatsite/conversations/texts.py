"""Text that every database and socket can carry."""

from chatsite.completions.surrogates import mended


def storable(text: str) -> str:
    """Return the text without NUL and with its surrogate pairs joined. Half a pair becomes U+FFFD."""
    return mended(text.replace("\0", ""))
