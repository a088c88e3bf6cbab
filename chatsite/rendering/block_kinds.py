"""The blocks a document is cut into, line by line: each is rendered alone, so an earlier one never changes.

A cut is made only where CommonMark ends the block for certain, with any text after it. Long lists and tables are one
block with parts (items, rows) that are rendered one by one and kept. Where CommonMark decides for a whole list whether
it is loose, each item decides here for itself: otherwise one blank line would move every item that is already shown.
"""

from chatsite.rendering import lines
from chatsite.rendering.block import Block
from chatsite.rendering.code_block import CodeBlock
from chatsite.rendering.document_context import DocumentContext
from chatsite.rendering.list_block import ListBlock
from chatsite.rendering.text_block import TextBlock


def open_block(context: DocumentContext, line: str) -> Block:
    """Return an empty block of the kind that a line begins."""
    if fence := lines.FENCE.match(line):
        return CodeBlock(context, fence)
    if lines.content_column(line):
        return ListBlock(context, line)
    return TextBlock(context)
