"""The list of prompts: their release states, for whom they are, and what people did with their answers this week."""

from django.contrib import admin
from django.http import HttpResponseRedirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timesince import timesince

from chatsite.prompts.admin.files import export_response
from chatsite.prompts.admin.pages import address, may
from chatsite.prompts.answers import WEEK
from chatsite.prompts.reactions import Reactions, counts_of, percent, reactions_of
from chatsite.prompts.release_state import ReleaseState, release_states
from chatsite.wording import counted


class StateFilter(admin.SimpleListFilter):
    title = parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("draft", "with a draft"), ("trial", "on trial"), ("archived", "archived")]

    def queryset(self, request, queryset):
        if self.value() == "archived":
            return queryset.exclude(archived=None)
        prompts = queryset.filter(archived=None)
        found = release_states(prompts) if self.value() in ("draft", "trial") else {}
        if not found and self.value() is None:
            return prompts
        return prompts.filter(pk__in=[pk for pk, each in found.items() if getattr(each, self.value())])


class PromptList:
    """The part of the admin that lists prompts."""

    list_display = ["name", "live", "draft", "trial", "audience", "answers", "stopped", "again", "bad"]
    list_filter = [StateFilter, "enabled"]
    search_fields = ["name", "versions__text"]
    actions = ["archive_prompts", "bring_back", "export_files"]
    list_per_page = 50
    change_list_template = "admin/prompts/systemprompt/change_list.html"

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        prompts = list(changelist.result_list)
        changelist.result_list = prompts
        pks, since = [each.pk for each in prompts], timezone.now() - WEEK
        states, counts, found = release_states(prompts), counts_of(pks, since), reactions_of(pks, since)
        for prompt in prompts:
            prompt.release_state, prompt.count = states[prompt.pk], counts.get(prompt.pk, 0)
            prompt.reactions = found.get(prompt.pk, Reactions())
        return changelist

    @admin.display(description="live")
    def live(self, prompt):
        if prompt.archived:
            return "archived"
        release = _of(prompt).live
        if not release:
            return "–"
        ago = timesince(release.at, depth=1)
        offered = "" if prompt.enabled else " · not offered"
        default = " · default" if prompt.is_default else ""
        since = "just now" if ago.startswith("0") else f"for {ago}"
        return f"v{release.version.number}, by {release.by_name or 'nobody known'}, {since}{default}{offered}"

    @admin.display(description="draft")
    def draft(self, prompt):
        draft = _of(prompt).draft
        return f"v{draft.number}, by {draft.author_name or 'nobody known'}" if draft else "–"

    @admin.display(description="trial")
    def trial(self, prompt):
        trial, stopped = _of(prompt).trial, _of(prompt).stopped
        if stopped:
            return f"v{stopped.of.version.number} was stopped by the site"
        return f"v{trial.version.number}, {trial.share} %" if trial else "–"

    @admin.display(description="for")
    def audience(self, prompt):
        people = ", ".join(sorted(group.name for group in prompt.groups.all())) or "everyone"
        return f"{people}, with {', '.join(prompt.for_models)}" if prompt.for_models else people

    @admin.display(description="answers")
    def answers(self, prompt):
        return prompt.count

    @admin.display(description="stopped")
    def stopped(self, prompt):
        return _percent(prompt.reactions, prompt.reactions.stopped)

    @admin.display(description="asked again")
    def again(self, prompt):
        return _percent(prompt.reactions, prompt.reactions.again)

    @admin.display(description="marked bad")
    def bad(self, prompt):
        return _percent(prompt.reactions, prompt.reactions.bad)

    @admin.action(description="Archive", permissions=["archive"])
    def archive_prompts(self, request, prompts):
        chosen = ",".join(str(prompt.pk) for prompt in prompts.filter(archived=None))
        if not chosen:
            self.message_user(request, "These are archived already.")
            return None
        return HttpResponseRedirect(f"{address('archive', chosen.split(',')[0])}?prompts={chosen}")

    @admin.action(description="Bring back", permissions=["archive"])
    def bring_back(self, request, prompts):
        for prompt in (chosen := list(prompts.exclude(archived=None))):
            prompt.archived = None
            prompt.save(update_fields=["archived"])
            self.log_change(request, prompt, "Brought back.")
        self.message_user(request, f"{counted(len(chosen), 'prompt')} brought back.")

    @admin.action(description="Export as files", permissions=["view"])
    def export_files(self, request, prompts):
        return export_response(prompts)

    def has_archive_permission(self, request):
        return may(request, "archive")


def _of(prompt) -> ReleaseState:
    return prompt.release_state


def _percent(found: Reactions, count: int):
    """A share of the answers that were counted, which are the newest of the week."""
    if not found.answers:
        return "–"
    share = percent(count, found.answers)
    if found.is_few:
        return format_html('<span class="quiet" title="of {} answers only">{} %</span>', found.answers, share)
    return f"{share} %"
