"""Groups in the admin: what they may use, who is in them, and their limits."""

from django.contrib import messages
from django.contrib.auth.admin import GroupAdmin
from django.urls import reverse
from django.utils.html import format_html

from chatsite.audit.audited import Audited
from chatsite.audit.recording import record
from chatsite.people.admin.group_form import MAX_WORDS_CHARACTERS, GroupForm
from chatsite.people.offers import choose, names, only_for
from chatsite.prompts.models import SystemPrompt
from chatsite.providers.models import Model
from chatsite.usage.models import Limit

MAX_MEMBERS = 200


class PersonGroupAdmin(Audited, GroupAdmin):
    about_empty = "A group may use models and system prompts that others may not, and has limits of its own."
    form = GroupForm
    audited_fields = ("name", "permissions")
    fieldsets = [
        (None, {"fields": ["name"]}),
        ("Permissions in the admin", {"fields": ["permissions"], "classes": ["collapse"]}),
    ]

    def audited_values(self, group):
        offered = {"models": names(Model, group), "system prompts": names(SystemPrompt, group)}
        return super().audited_values(group) | offered

    def get_readonly_fields(self, request, obj=None):
        """Only a superuser gives permissions."""
        rights = () if request.user.is_superuser else ("permissions",)
        return (*super().get_readonly_fields(request, obj), *rights)

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        form.editor, form.words = request.user, request.GET.get("words", "")[:MAX_WORDS_CHARACTERS].strip()
        form.may_save = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return form

    def get_deleted_objects(self, objs, request):
        """Groups are not deleted while that would open something to everyone."""
        *found, protected = super().get_deleted_objects(objs, request)
        return *found, [*protected, *(self._linked(request, each) for each in only_for(objs))]

    def _linked(self, request, each):
        """Return a line for a page: the kind, and the name as a link for those who may see it."""
        opts = each._meta
        may_see = [f"{opts.app_label}.{verb}_{opts.model_name}" for verb in ("view", "change")]
        if not any(map(request.user.has_perm, may_see)):
            return format_html("{} “{}”", opts.verbose_name, each)
        url = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[each.pk])
        return format_html('{} <a href="{}">“{}”</a>', opts.verbose_name, url, each)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        for name in ("models", "prompts"):
            field = form.fields[name]
            if not field.disabled:
                self._choose(request, form.instance, field.queryset, form.cleaned_data[name])

    def _choose(self, request, group, shown, chosen):
        for each in choose(group, shown, chosen):
            after = sorted(map(str, each.groups.all()))
            record("changed", each, request=request, after={"groups": after})
            if each.is_for_everyone:
                self._warn(request, f"“{each}” was for everyone. Now it is for this group alone.")
            elif not after:
                self._warn(request, f"“{each}” is for everyone now: no group is chosen for it any more.")

    def _warn(self, request, sentence):
        self.message_user(request, sentence, messages.WARNING)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        may = request.user.has_perm
        context["words"] = request.GET.get("words", "")
        if obj and (may("auth.view_user") or may("auth.change_user")):
            members = obj.user_set.order_by("username")
            context |= {"members": members[:MAX_MEMBERS], "member_count": members.count()}
        if obj and (may("usage.view_limit") or may("usage.change_limit")):
            context |= {"shows_limit": True, "limit": Limit.objects.filter(group=obj).first()}
        return super().render_change_form(request, context, add, change, form_url, obj)
