"""Directions: that of a paragraph, heading, list, quotation or table is the one of its first letter.

Elements inside a list, a quotation or a table have no attribute of their own: a browser would ignore their letters for
the direction of the whole. Code never counts.
These attributes are written after the sanitiser, where each would cost as much as a tag.
"""

_AUTO = ' dir="auto"'
_WORDS = ("<p>", "<h3>", "<h4>", "<h5>", "<h6>")
_CONTAINERS = ("<ul>", "<ol>", "<blockquote>")


def directed(block: str) -> str:
    """One top-level block with its directions; no attribute in it may hold a `<`."""
    if block.startswith(_WORDS):
        end = 2 if block[1] == "p" else 3
        block = f"{block[:end]}{_AUTO}{block[end:]}"
    else:
        for tag in _CONTAINERS:
            block = block.replace(tag, f"{tag[:-1]}{_AUTO}>")
    return block.replace("<code>", '<code dir="ltr">')
