"""Conversations in the admin, read-only: who, when and with which model, and nothing that was said.

What was said is on a page of its own, see `reading`. No list, search, filter or inline has it.
"""

from django.contrib import admin
from django.urls import path, reverse
from django.utils.html import format_html

from chatsite.audit.audited import LinkedToEvents
from chatsite.audit.read_only import ReadOnly
from chatsite.conversations.live_board import RunningAnswerAdmin
from chatsite.conversations.models import Completion, Conversation, Message, RunningAnswer, SharedAnswer
from chatsite.conversations.provenance import WithProvenance
from chatsite.conversations.shared_answers import SharedAnswerAdmin
from chatsite.conversations.staff_reading import MAY_READ, read

# A filter by what was said would reveal it, one letter after another.
LOOKUPS = {"exact", "id", "gte", "lt", "isnull", "in"}


# Of an answer: what was asked, and what was sent beside the prompt.
ASKED = ["message", "model", "provider"]
SENT = [
    "prompt_values", "prompt_before", "prompt_released", "dropped_prompt", "params", "omitted", "text_before",
    "request_hash",
]  # fmt: skip
NOT_SHOWN = ["id", "heartbeat", "attempt"]


class OnlyFacts(LinkedToEvents, ReadOnly):
    """Shows its `fields`, and filters by `filtered` alone."""

    view_on_site = False
    filtered: tuple[str, ...] = ()

    def lookup_allowed(self, lookup, value, request=None):
        name, *rest = lookup.split("__")
        return name in self.filtered and set(rest) <= LOOKUPS


class MessageInline(ReadOnly, admin.TabularInline):
    model = Message
    fields = readonly_fields = ["role", "created", "written_by"]
    ordering = ["pk"]
    show_change_link = True

    def get_queryset(self, request):
        return super().get_queryset(request).with_completions()

    @admin.display(description="written by")
    def written_by(self, message):
        """Which model and version of a prompt, and a link to all that the answer was written from."""
        answer = message.completion
        if answer is None:
            return "–"
        names = [answer.model, answer.provider and answer.provider.name, answer.prompt_version]
        url = reverse("admin:conversations_completion_change", args=[answer.pk])
        return format_html('<a href="{}">{}</a>', url, ", ".join(str(name) for name in names if name))


class CompletionInline(ReadOnly, admin.StackedInline):
    model = Completion
    exclude = ["heartbeat", "attempt"]


@admin.register(Conversation)
class ConversationAdmin(OnlyFacts, admin.ModelAdmin):
    list_display = ["uuid", "owner", "model", "system_prompt", "updated"]
    list_filter = ["model", "updated"]
    list_select_related = ["owner", "system_prompt"]
    search_fields = ["=uuid", "owner__username"]
    fields = [
        "uuid", "owner", "model", "system_prompt", "params", "pinned", "archived", "deleted", "created", "updated",
        "texts",
    ]  # fmt: skip
    filtered = ("id", "uuid", "owner", "model", "system_prompt", "created", "updated")
    inlines = [MessageInline]

    def get_urls(self):
        texts = path(
            "<int:pk>/texts/", self.admin_site.admin_view(self.read), name="conversations_conversation_texts"
        )
        return [texts, *super().get_urls()]

    def read(self, request, pk):
        return read(self, request, pk)

    def get_fields(self, request, obj=None):
        may_read = request.user.has_perm(MAY_READ)
        return [name for name in self.fields if name != "texts" or may_read]

    def get_readonly_fields(self, request, obj=None):
        return self.get_fields(request, obj)

    @admin.display(description="what was said")
    def texts(self, conversation):
        url = reverse("admin:conversations_conversation_texts", args=[conversation.pk])
        return format_html('<a href="{}">Read it</a>; its owner will see who did, and why', url)


@admin.register(Message)
class MessageAdmin(OnlyFacts, admin.ModelAdmin):
    list_display = ["uuid", "role", "conversation", "created"]
    list_select_related = ["conversation"]
    search_fields = ["=uuid", "=conversation__uuid"]
    fields = readonly_fields = ["uuid", "conversation", "parent", "role", "created"]
    filtered = ("id", "uuid", "conversation", "role", "created")
    inlines = [CompletionInline]


@admin.register(Completion)
class CompletionAdmin(WithProvenance, OnlyFacts, admin.ModelAdmin):
    list_display = [
        "started",
        "model",
        "provider",
        "prompt_version",
        "status",
        "error_kind",
        "prompt_tokens",
        "completion_tokens",
    ]
    list_filter = ["status", "model", "error_kind"]
    list_select_related = ["provider", "prompt_version__prompt"]
    filtered = ("id", "message", "model", "provider", "prompt_version", "status", "error_kind", "started")

    def get_fieldsets(self, request, obj=None):
        written_from = [*ASKED, *self.prompt_fields(request), *SENT]
        known = {*written_from, "prompt_version", *NOT_SHOWN}
        how = [field.name for field in Completion._meta.fields if field.name not in known]
        return [("What it was written from", {"fields": written_from}), ("How it went", {"fields": how})]

    def get_readonly_fields(self, request, obj=None):
        return [name for _, section in self.get_fieldsets(request, obj) for name in section["fields"]]


admin.site.register(RunningAnswer, RunningAnswerAdmin)
admin.site.register(SharedAnswer, SharedAnswerAdmin)
