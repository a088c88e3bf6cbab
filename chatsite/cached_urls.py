"""The template tag `url`, which resolves each address once: one without arguments, and one of a uuid. A page has twenty
of them."""

import re
from typing import Any
from uuid import UUID

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.urls import get_script_prefix, reverse

register = template.Library()

# A name that is written out, and not computed.
NAME = re.compile(r"""(["'])[^"']+\1""")
# Replaced by the uuid of an address.
PLACE = UUID(int=0)


class CachedURL(template.Node):
    """An address without arguments. It depends only on the path that the site is below."""

    def __init__(self, found: URLNode) -> None:
        self._node = found
        self._urls: dict[str, str] = {}

    def render(self, context: Context) -> str:
        prefix = get_script_prefix()
        if prefix not in self._urls:
            self._urls[prefix] = self._node.render(context)
        return self._urls[prefix]


class CachedURLOfUUID(template.Node):
    """An address with one argument. Where that is a uuid, the rest depends only on the path that the site is below."""

    def __init__(self, found: URLNode) -> None:
        self._node = found
        self._urls: dict[str, list[str]] = {}

    def render(self, context: Context) -> str:
        argument = self._node.args[0].resolve(context)
        if type(argument) is not UUID:
            rendered: str = self._node.render(context)
            return rendered
        prefix = get_script_prefix()
        if prefix not in self._urls:
            found = reverse(self._node.view_name.resolve(context), args=[PLACE])
            self._urls[prefix] = found.split(str(PLACE))
        return str(argument).join(self._urls[prefix])


@register.tag
def url(parser: Parser, token: Token) -> Any:
    found: Any = django_url(parser, token)
    is_cached = NAME.fullmatch(token.split_contents()[1]) and not (found.kwargs or found.asvar)
    if not is_cached or len(found.args) > 1:
        return found
    return CachedURLOfUUID(found) if found.args else CachedURL(found)
