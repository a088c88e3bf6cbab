"""The template tag `url`, which looks for each address without arguments once. A page names ten of them."""

from typing import Any

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.urls import get_script_prefix

register = template.Library()


class KeptURL(template.Node):
    """An address without arguments. It depends only on the path that the site is below."""

    def __init__(self, found: URLNode) -> None:
        self._node = found
        self._urls: dict[str, str] = {}

    def render(self, context: Context) -> str:
        prefix = get_script_prefix()
        if prefix not in self._urls:
            self._urls[prefix] = self._node.render(context)
        return self._urls[prefix]


@register.tag
def url(parser: Parser, token: Token) -> template.Node:
    found: Any = django_url(parser, token)
    return found if found.args or found.kwargs or found.asvar else KeptURL(found)
