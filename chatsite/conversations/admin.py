"""Conversations in the admin: read-only, for staff who may view them."""

from django.contrib import admin

from chatsite.conversations.models import Completion, Conversation, Message


class ReadOnly:
    """An admin, or an inline, that changes nothing."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class MessageInline(ReadOnly, admin.TabularInline):
    model = Message
    fields = readonly_fields = ["role", "text", "created"]
    ordering = ["pk"]
    show_change_link = True


class CompletionInline(ReadOnly, admin.StackedInline):
    model = Completion
    exclude = ["heartbeat", "attempt"]


@admin.register(Conversation)
class ConversationAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["title", "owner", "model", "system_prompt", "updated"]
    list_filter = ["model", "updated"]
    list_select_related = ["owner", "system_prompt"]
    search_fields = ["title", "owner__username"]
    inlines = [MessageInline]


@admin.register(Message)
class MessageAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["__str__", "conversation", "created"]
    list_select_related = ["conversation"]
    search_fields = ["text"]
    inlines = [CompletionInline]


@admin.register(Completion)
class CompletionAdmin(ReadOnly, admin.ModelAdmin):
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
