"""What an answer was written from, for the admin: its prompt's version, and the text that the model received."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from chatsite.conversations.answer_prompt import RenderedPrompt
from chatsite.conversations.models import Completion
from chatsite.prompts.permissions import sees_prompts


def version(completion: Completion, is_link: bool):
    """Return the name of its prompt's version, and lead there those who may see it."""
    found = completion.prompt_version
    if found is None:
        return "–"
    name = f"{found.prompt.name} · v{found.number}"
    url = reverse("admin:prompts_systemprompt_version", args=[found.prompt_id, found.number])
    return format_html('<a href="{}">{}</a>', url, name) if is_link else name


def prompt_text(completion: Completion):
    """Return the prompt as the model received it, with the values of that time."""
    rendered = RenderedPrompt(completion.prompt_version, completion.prompt_values or {})
    return as_text(rendered.text) if rendered.text else "–"


def as_text(text: str):
    """Return what somebody wrote, line by line."""
    return format_html('<div class="said-text" dir="auto">{}</div>', text)


class WithProvenance:
    """A ModelAdmin whose pages show what an answer was written from, in `prompt_fields`: who may see prompts sees its
    text, and a link. `answer_of` returns the completion of an object."""

    def answer_of(self, obj) -> Completion:
        return obj

    def prompt_fields(self, request) -> list[str]:
        return ["version_link", "prompt_as_sent"] if sees_prompts(request.user) else ["version"]

    @admin.display(description="system prompt")
    def version(self, obj):
        return version(self.answer_of(obj), is_link=False)

    @admin.display(description="system prompt")
    def version_link(self, obj):
        return version(self.answer_of(obj), is_link=True)

    @admin.display(description="its text then")
    def prompt_as_sent(self, obj):
        return prompt_text(self.answer_of(obj))
