"""People in the admin: who may change, deactivate and erase whom."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import path

from chatsite.accounts.sign_outs import sign_out_everywhere
from chatsite.audit.audited import Audited
from chatsite.people.activity import cost, with_activity
from chatsite.people.admin.erase_page import MAX_PEOPLE, erase, erasing_url, keep_person, when
from chatsite.people.admin.form import LAST_SUPERUSER, PersonForm
from chatsite.people.admin.rights import may_edit
from chatsite.people.superusers import keeps_one_without
from chatsite.wording import listed


class ErasureFilter(admin.SimpleListFilter):
    title = "erasure"
    parameter_name = "erasure"

    def lookups(self, request, model_admin):
        return [("planned", "Will be erased")]

    def queryset(self, request, queryset):
        return queryset.filter(erasure__isnull=False) if self.value() == "planned" else queryset


class PersonAdmin(Audited, UserAdmin):
    """Deactivates people; erasing them is another page. Staff who may delete people need no further permission for
    that. They see how much is theirs, but not what."""

    form = PersonForm
    audited_fields = (
        "username", "first_name", "last_name", "email", "is_active", "is_staff", "is_superuser", "groups",
        "user_permissions",
    )  # fmt: skip

    list_display = ["username", "email", "state", "seen", "answers", "cost", "in_groups", "is_staff"]
    list_filter = ["is_active", ErasureFilter, "is_staff", "is_superuser", "groups"]
    list_select_related = ["erasure"]
    actions = ["deactivate", "activate", "sign_out", "delete_selected"]

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/keep/", view(self.keep_view), name="auth_user_keep"),
            path("<str:ids>/erase/", view(self.erase_view), name="auth_user_erase"),
            *super().get_urls(),
        ]

    def erase_view(self, request, ids):
        return erase(self, request, ids)

    def keep_view(self, request, pk):
        return keep_person(self, request, pk)

    def delete_view(self, request, object_id, extra_context=None):
        """Django's own page would delete everything at once."""
        person = self.get_object(request, unquote(object_id))
        if not self.has_delete_permission(request, person):
            raise PermissionDenied
        return HttpResponseRedirect(erasing_url([person]) if person else "../../")

    def get_queryset(self, request):
        return with_activity(super().get_queryset(request)).prefetch_related("groups")

    @admin.display(description="account", ordering="is_active")
    def state(self, person):
        if hasattr(person, "erasure"):
            return f"will be erased on {when(person.erasure)}"
        return "active" if person.is_active else "deactivated"

    @admin.display(description="last seen", ordering="last_seen")
    def seen(self, person):
        return person.last_seen or "never"

    @admin.display(description="answers this month", ordering="month_answers")
    def answers(self, person):
        return person.month_answers

    @admin.display(description="cost this month", ordering="month_cost_units")
    def cost(self, person):
        return cost(person.month_cost_units)

    @admin.display(description="groups")
    def in_groups(self, person):
        return ", ".join(group.name for group in person.groups.all())

    @admin.action(
        description="Deactivate: sign out, and refuse sign-in until activated", permissions=["change"]
    )
    def deactivate(self, request, people):
        chosen = self._editable(request, people)
        if any(person.pk == request.user.pk for person in chosen):
            self.message_user(request, "You cannot deactivate yourself.", messages.ERROR)
            return
        if not keeps_one_without(chosen):
            self.message_user(request, LAST_SUPERUSER, messages.ERROR)
            return
        self._set_active(request, chosen, False)
        sign_out_everywhere(chosen)
        self._say(request, chosen, "Deactivated")

    @admin.action(description="Activate again", permissions=["change"])
    def activate(self, request, people):
        chosen = self._editable(request, people)
        if erased := [person for person in chosen if hasattr(person, "erasure")]:
            names = ", ".join(map(str, erased))
            self.message_user(request, f"To be erased: {names}. Open them and keep them.", messages.ERROR)
        chosen = [person for person in chosen if person not in erased]
        self._set_active(request, chosen, True)
        self._say(request, chosen, "Active again")

    @admin.action(description="Sign out everywhere", permissions=["change"])
    def sign_out(self, request, people):
        chosen = self._editable(request, people)
        sign_out_everywhere(chosen)
        for person in chosen:
            self.record(request, "signed out", person)
        self._say(request, chosen, "Signed out on all devices")

    @admin.action(description="Erase, after a confirmation and a wait", permissions=["delete"])
    def delete_selected(self, request, people):
        """In place of Django's action of this name."""
        chosen = list(people[: MAX_PEOPLE + 1])
        if len(chosen) > MAX_PEOPLE:
            self.message_user(request, f"Choose at most {MAX_PEOPLE} people.", messages.ERROR)
            return None
        if not chosen:
            self.message_user(request, "These people were deleted meanwhile.", messages.WARNING)
            return None
        return HttpResponseRedirect(erasing_url(chosen))

    def _set_active(self, request, people, is_active):
        User.objects.filter(pk__in=[person.pk for person in people]).update(is_active=is_active)
        for person in people:
            if person.is_active != is_active:
                before = {"is_active": person.is_active}
                self.record(request, "changed", person, before=before, after={"is_active": is_active})

    def _editable(self, request, people):
        """Return those whom this admin may change, and name the others."""
        refused = [person for person in people if not may_edit(request.user, person)]
        if refused:
            names = ", ".join(map(str, refused))
            self.message_user(
                request, f"Only a superuser may change who may do more than you: {names}.", messages.ERROR
            )
        return [person for person in people if person not in refused]

    def _say(self, request, people, what):
        if people:
            self.message_user(request, f"{what}: {listed(people)}.", messages.SUCCESS)

    def has_add_permission(self, request):
        """Django refuses its page to those who may not change people."""
        return super().has_add_permission(request) and request.user.has_perm("auth.change_user")

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and may_edit(request.user, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and may_edit(request.user, obj)

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        form.editor = request.user
        return form

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        """Only a superuser gives and takes groups that have permissions."""
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.name == "groups" and not request.user.is_superuser:
            field.queryset = field.queryset.filter(permissions=None)
        return field

    def save_related(self, request, form, formsets, change):
        person = form.instance
        kept = [] if request.user.is_superuser else list(person.groups.exclude(permissions=None))
        super().save_related(request, form, formsets, change)
        person.groups.add(*kept)

    def get_fieldsets(self, request, obj=None):
        """Without the password, whose button is refused, for those who may only look."""
        found = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return found
        shown = [
            (title, section, [name for name in section["fields"] if name != "password"])
            for title, section in found
        ]
        return [(title, section | {"fields": names}) for title, section, names in shown]

    def get_readonly_fields(self, request, obj=None):
        """Only a superuser gives permissions. The dates of joining and of the last sign-in are never edited. A person
        who will be erased is activated by keeping them."""
        rights = () if request.user.is_superuser else ("is_superuser", "user_permissions")
        erased = ("is_active",) if hasattr(obj, "erasure") else ()
        return (*super().get_readonly_fields(request, obj), "last_login", "date_joined", *rights, *erased)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj and self.has_delete_permission(request, obj):
            context["erasing_url"] = erasing_url([obj])
        context["show_delete"] = False
        return super().render_change_form(request, context, add, change, form_url, obj)
