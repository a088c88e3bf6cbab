"""Markdown to safe HTML: a whole text at once, or an answer while it grows."""

from chatsite.rendering.rendered import RENDERED
from chatsite.rendering.stream import StreamRenderer, render

__all__ = ["RENDERED", "StreamRenderer", "render"]
