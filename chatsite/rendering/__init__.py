"""Markdown to safe HTML: a whole text at once, or an answer while it grows."""

from chatsite.rendering.cache import HTML_CACHE, HtmlCache
from chatsite.rendering.stream import StreamRenderer, render

__all__ = ["HTML_CACHE", "HtmlCache", "StreamRenderer", "render"]
