"""Answers that people shared, in the admin: editors of prompts read each with its question, and nothing else that was
said. They go when they are not shared any more."""

from django.contrib import admin
from django.db.models import Exists, OuterRef

from chatsite.audit.read_only import ReadOnly
from chatsite.conversations.models import Completion
from chatsite.conversations.provenance import WithProvenance, as_text
from chatsite.prompts.models import SystemPrompt

MAY_EDIT = "prompts.change_systemprompt"


class PromptFilter(admin.SimpleListFilter):
    title = "system prompt"
    parameter_name = "prompt"

    def lookups(self, request, model_admin):
        return [
            (str(pk), name) for pk, name in SystemPrompt.objects.order_by("name").values_list("pk", "name")
        ]

    def queryset(self, request, queryset):
        if self.value() not in {str(pk) for pk, _ in self.lookup_choices}:
            return queryset
        of_prompt = Completion.objects.filter(prompt_version__prompt=self.value())
        return queryset.filter(Exists(of_prompt.filter(message=OuterRef("message"))))


class SharedAnswerAdmin(WithProvenance, ReadOnly, admin.ModelAdmin):
    view_on_site = False
    list_display = ["given", "mark", "words", "version", "written_by"]
    list_filter = [PromptFilter, "value"]
    list_select_related = ["message"]
    ordering = ["-given"]
    show_full_result_count = False

    def get_queryset(self, request):
        of_answer = "message__completions__provider", "message__completions__prompt_version__prompt"
        return super().get_queryset(request).readable().prefetch_related(*of_answer)

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm(MAY_EDIT)

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def answer_of(self, obj):
        return obj.message.completion or Completion()

    def get_fieldsets(self, request, obj=None):
        said = ["person", "given", "mark", "words", "question", "answer"]
        return [
            (None, {"fields": said}),
            (
                "What it was written from",
                {"fields": [*self.prompt_fields(request), "written_by", "params", "cost"]},
            ),
        ]

    def get_readonly_fields(self, request, obj=None):
        return [name for _, section in self.get_fieldsets(request, obj) for name in section["fields"]]

    @admin.display(description="marked", ordering="value")
    def mark(self, obj):
        return "good" if obj.is_good else "bad"

    @admin.display(description="question")
    def question(self, obj):
        return as_text(obj.message.parent.text) if obj.message.parent else "–"

    @admin.display(description="answer")
    def answer(self, obj):
        return as_text(obj.message.text)

    @admin.display(description="model")
    def written_by(self, obj):
        answer = self.answer_of(obj)
        return f"{answer.model} · {answer.provider.name}" if answer.provider else answer.model or "–"

    @admin.display(description="parameters")
    def params(self, obj):
        return ", ".join(f"{name}: {value}" for name, value in self.answer_of(obj).params.items()) or "–"

    @admin.display(description="cost")
    def cost(self, obj):
        cost = self.answer_of(obj).cost
        return "–" if cost is None else f"{cost:f}"
