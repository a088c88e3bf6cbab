"""Messages in templates of pages."""

from django import template

from chatsite.conversations.elements import kept_element

register = template.Library()
register.simple_tag(kept_element, name="message")
