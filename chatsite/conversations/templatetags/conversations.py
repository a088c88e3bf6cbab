"""Messages and conversations in templates of pages."""

from django import template

from chatsite.conversations.elements import blank_element, kept_element, kept_row

register = template.Library()
register.simple_tag(kept_element, name="message")
register.simple_tag(blank_element, name="blank_message")
register.simple_tag(kept_row, name="conversation_row")
