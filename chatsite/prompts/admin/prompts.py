"""The list of prompts, and a prompt's page: its text, variables and settings."""

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.text import capfirst

from chatsite.audit.audited import Audited
from chatsite.prompts.admin import answers, approval, cases, confirmed, publish, versions
from chatsite.prompts.admin.files import import_page
from chatsite.prompts.admin.forms import SETTINGS, PromptForm
from chatsite.prompts.admin.listing import PromptList
from chatsite.prompts.admin.pages import address, context, may, page
from chatsite.prompts.admin.shared import VariableInline
from chatsite.prompts.brake import MIN_ANSWERS, compared
from chatsite.prompts.compare import compare
from chatsite.prompts.models import PromptSnippet, PromptVariable, SystemPrompt
from chatsite.prompts.notices import notices
from chatsite.prompts.publishing import save_draft
from chatsite.prompts.release_state import release_state
from chatsite.prompts.values import simple_values, stored_values
from chatsite.prompts.variables import BUILT_IN, render, with_snippets


def trial_numbers(prompt: SystemPrompt) -> dict:
    """Return the numbers of a running trial, for a template."""
    found, state = compared(prompt), release_state(prompt)
    if not found:
        return {}
    names = (f"v{state.trial.version.number}, on trial", f"v{state.live.version.number}, live")
    return {"trial_numbers": list(zip(names, found, strict=True)), "brake_answers": MIN_ANSWERS}


TEXT = {"fields": ["text", "note", "based_on"]}
PEOPLE_TOLD = "These take effect at once when you save; the text does not."


@admin.register(SystemPrompt)
class SystemPromptAdmin(Audited, PromptList, admin.ModelAdmin):
    form = PromptForm
    inlines = [VariableInline]
    change_form_template = add_form_template = "admin/prompts/systemprompt/change_form.html"
    filter_horizontal = ["groups"]
    audited_fields = ("name", *SETTINGS)

    def get_fieldsets(self, request, obj=None):
        settings = {"fields": ["name", *SETTINGS] if obj else SETTINGS, "description": PEOPLE_TOLD}
        settings["classes"] = ["collapse"]
        first = [] if obj else [(None, {"fields": ["name"]})]
        return [*first, (None, TEXT), ("Settings", settings)]

    def get_inlines(self, request, obj):
        return self.inlines if obj else []

    def get_readonly_fields(self, request, obj=None):
        """Who publishes alone cannot decide that nobody else need agree."""
        return [] if may(request, "approve") else ["needs_approval"]

    def has_delete_permission(self, request, obj=None):
        """Prompts are archived, never deleted."""
        return False

    def get_urls(self):
        pages = {
            "versions/": ("versions", versions.listed, "view", "change"),
            "versions/<int:number>/": ("version", versions.shown, "view", "change"),
            "versions/<int:number>/restore/": ("restore", versions.restore, "change"),
            "compare/": ("compare", versions.compared, "view", "change"),
            "answers/": ("answers", answers.answers, "view", "change"),
            "releases/": ("releases", versions.releases, "view", "change"),
            "publish/<int:number>/": ("publish", publish.publish, "change", "publish"),
            "stop/": ("stop", confirmed.stop, "publish"),
            "unplan/<int:release>/": ("unplan", confirmed.unplan, "publish"),
            "archive/": ("archive", confirmed.archive, "archive"),
            "cases/": ("cases", cases.listed, "view", "change"),
            "cases/add/": ("case_add", cases.add, "change"),
            "cases/<int:case>/": ("case", cases.change, "change"),
            "cases/<int:case>/delete/": ("case_delete", cases.delete, "change"),
            "requests/<int:request_id>/": ("request", approval.answer, "view", "change"),
        }
        own = [
            path(f"<path:object_id>/{url}", self._view(view, *verbs), name=f"prompts_systemprompt_{name}")
            for url, (name, view, *verbs) in pages.items()
        ]
        files = path("import/", self.admin_site.admin_view(self._import), name="prompts_systemprompt_import")
        return [files, *own, *super().get_urls()]

    def _import(self, request):
        return import_page(self, request)

    def _view(self, view, *verbs):
        of_prompt = page(view, *verbs)

        def answer(request, **named):
            return of_prompt(self, request, **named)

        return self.admin_site.admin_view(answer)

    def render_change_form(self, request, context_, add=False, change=False, form_url="", obj=None):
        form = context_["adminform"].form
        text = form["text"].value() or ""
        more = {
            "built_in": BUILT_IN,
            "site_variables": PromptVariable.objects.filter(prompt=None),
            "collision": form.collision and compare(form.collision.typed, text),
            "theirs": form.collision,
            "preview": self._preview(request, obj, text),
            "size": (len(text), -(-len(text.encode()) // 4)),
        }
        if obj:
            own = context(self, request, obj, obj.name, **more)
            own["notices"] = notices(obj, form.newest)
            own |= trial_numbers(obj)
            own["longer"] = self._longer(own["release_state"], form.newest)
            more = own | {"title": str(obj), "subtitle": None}
        return super().render_change_form(request, context_ | more, add, change, form_url, obj)

    def _longer(self, release_state, newest) -> int | None:
        """Return how many tokens the newest text has more than the live one."""
        live = release_state.live and release_state.live.version
        return newest.tokens - live.tokens if live and newest and live.pk != newest.pk else None

    def _preview(self, request, prompt, text):
        """Return the text as a chosen person gets it, if the form requests a preview."""
        if "_preview" not in request.POST:
            return None
        name = request.POST.get("as") or request.user.get_username()
        person = User.objects.filter(username=name[:150].replace("\0", "")).first()
        if not person:
            return {"as": name, "error": f"There is no person “{name}” here."}
        model = request.POST.get("model", "")[:200] or "the chosen model"
        values = simple_values(person, model, timezone.now()) | stored_values(person, prompt and prompt.pk)
        snippets = dict(PromptSnippet.objects.values_list("name", "text"))
        return {"as": name, "model": model, "text": render(with_snippets(text, snippets), values)}

    def save_model(self, request, prompt, form, change):
        default = prompt.is_default
        prompt.is_default = default and SystemPrompt.objects.filter(pk=prompt.pk, is_default=True).exists()
        super().save_model(request, prompt, form, change)
        if default:
            prompt.make_default()
        data = form.cleaned_data
        form.version, form.is_new = save_draft(
            prompt, data["text"], request.user, data["note"], form.newest and form.newest.pk
        )

    def response_add(self, request, obj, post_url_continue=None):
        return self._saved(request, obj)

    def response_change(self, request, obj):
        return self._saved(request, obj)

    def _saved(self, request, prompt):
        newest = prompt.versions.first()
        if "_publish" in request.POST:
            return HttpResponseRedirect(address("publish", prompt.pk, newest.number))
        if "_try" in request.POST:
            return HttpResponseRedirect(reverse("admin:tryouts_tryout_new", args=[prompt.pk]))
        sentence = f"Saved v{newest.number} of {prompt} as a draft. Nobody gets it before it is published."
        if any(prompt.releases.filter(version=newest)):
            sentence = f"{capfirst(str(prompt))} is saved. The text is that of v{newest.number}, as before."
        self.message_user(request, sentence, messages.SUCCESS)
        may_see = self.has_view_permission(request, prompt)
        return HttpResponseRedirect(address("change", prompt.pk) if may_see else reverse("admin:index"))
