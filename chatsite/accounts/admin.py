"""People in the admin: who may change and delete whom."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Q

from chatsite.accounts.belongings import belongings, delete_conversations
from chatsite.accounts.invitations import default_expiry
from chatsite.accounts.models import Invitation
from chatsite.accounts.people import cost, with_activity
from chatsite.accounts.sign_outs import sign_out_everywhere
from chatsite.audit.audited import Audited
from chatsite.moment_fields import NamedMoments

admin.site.unregister([User, Group])


@admin.register(User)
class PersonAdmin(Audited, UserAdmin):
    """Deletes a person with everything that is theirs. Staff who may delete people need no further permission for that.
    They see how much it is, but not what."""

    audited_fields = (
        "username", "first_name", "last_name", "email", "is_active", "is_staff", "is_superuser", "groups",
        "user_permissions",
    )  # fmt: skip

    list_display = ["username", "email", "is_active", "seen", "answers", "cost", "in_groups", "is_staff"]
    actions = ["deactivate", "activate", "sign_out"]

    def get_queryset(self, request):
        return with_activity(super().get_queryset(request)).prefetch_related("groups")

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
        self._set_active(request, chosen, False)
        sign_out_everywhere(chosen)
        self._say(request, chosen, "Deactivated")

    @admin.action(description="Activate again", permissions=["change"])
    def activate(self, request, people):
        chosen = self._editable(request, people)
        self._set_active(request, chosen, True)
        self._say(request, chosen, "Active again")

    @admin.action(description="Sign out everywhere", permissions=["change"])
    def sign_out(self, request, people):
        chosen = self._editable(request, people)
        sign_out_everywhere(chosen)
        for person in chosen:
            self.record(request, "signed out", person)
        self._say(request, chosen, "Signed out on all devices")

    def _set_active(self, request, people, is_active):
        User.objects.filter(pk__in=[person.pk for person in people]).update(is_active=is_active)
        for person in people:
            if person.is_active != is_active:
                before = {"is_active": person.is_active}
                self.record(request, "changed", person, before=before, after={"is_active": is_active})

    def _editable(self, request, people):
        """Return those whom this admin may change, and name the others."""
        refused = [person for person in people if not _may_edit(request.user, person)]
        if refused:
            names = ", ".join(map(str, refused))
            self.message_user(
                request, f"Only a superuser may change who may do more than you: {names}.", messages.ERROR
            )
        return [person for person in people if person not in refused]

    def _say(self, request, people, what):
        if people:
            names = ", ".join(map(str, people[:5])) + (
                f" and {len(people) - 5} more" if len(people) > 5 else ""
            )
            self.message_user(request, f"{what}: {names}.", messages.SUCCESS)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and _may_edit(request.user, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and _may_edit(request.user, obj)

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

    def get_readonly_fields(self, request, obj=None):
        """Only a superuser gives permissions. When somebody came, and was here last, are facts."""
        rights = () if request.user.is_superuser else ("is_superuser", "user_permissions")
        return (*super().get_readonly_fields(request, obj), "last_login", "date_joined", *rights)

    def get_deleted_objects(self, objs, request):
        may_delete = all(self.has_delete_permission(request, person) for person in objs)
        missing = set() if may_delete else {User._meta.verbose_name}
        return [person.get_username() for person in objs], belongings(objs), missing, []

    def delete_view(self, request, object_id, extra_context=None):
        person = self.get_object(request, unquote(object_id))
        if request.method == "POST" and person and self.has_delete_permission(request, person):
            delete_conversations([person])  # before the admin's own transaction begins
        return super().delete_view(request, object_id, extra_context)

    def delete_queryset(self, request, queryset):
        delete_conversations(queryset)
        super().delete_queryset(request, queryset)


@admin.register(Group)
class PersonGroupAdmin(Audited, GroupAdmin):
    audited_fields = ("name", "permissions")

    def get_readonly_fields(self, request, obj=None):
        """Only a superuser gives permissions."""
        rights = () if request.user.is_superuser else ("permissions",)
        return (*super().get_readonly_fields(request, obj), *rights)


@admin.register(Invitation)
class InvitationAdmin(Audited, NamedMoments, admin.ModelAdmin):
    """Makes links with which people make their accounts. Each is shown once, after it was made."""

    about_empty = "An invitation is a link that lets one person make an account."

    audited_fields = ("note", "groups", "expires")

    fields = ["note", "groups", "expires"]
    filter_horizontal = ["groups"]
    list_display = ["__str__", "state", "expires", "invited_by", "created"]

    def get_changeform_initial_data(self, request):
        return {"expires": default_expiry()} | super().get_changeform_initial_data(request)

    def has_change_permission(self, request, invitation=None):
        """It is made, and revoked by deleting it."""
        return False

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        """Only a superuser gives groups that have permissions: who invites must not gain any."""
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if not request.user.is_superuser:
            field.queryset = field.queryset.filter(permissions=None)
        return field

    def save_model(self, request, invitation, form, change):
        invitation.invited_by = request.user
        path = invitation.renew()
        super().save_model(request, invitation, form, change)
        link = request.build_absolute_uri(path)
        sentence = f"Send this link to the person. It is shown only now, and works once: {link}"
        self.message_user(request, sentence, messages.WARNING)


def _may_edit(staff, person):
    """Only those who may do all that a person may do edit them: whoever can set their password can do that, too."""
    if staff.is_superuser or person is None or person.pk == staff.pk:
        return True
    return not person.is_superuser and _permissions(person) <= staff.get_all_permissions()


def _permissions(person):
    """Of a person who is deactivated, too: whoever activates them could use these."""
    theirs = Permission.objects.filter(Q(user=person) | Q(group__user=person))
    return {f"{app}.{name}" for app, name in theirs.values_list("content_type__app_label", "codename")}
