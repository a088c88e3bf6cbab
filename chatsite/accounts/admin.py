"""People in the admin: who may change and delete whom."""

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User

from chatsite.accounts.belongings import belongings, delete_conversations
from chatsite.audit.audited import Audited

admin.site.unregister([User, Group])


@admin.register(User)
class PersonAdmin(Audited, UserAdmin):
    """Deletes a person with everything that is theirs. Staff who may delete people need no further permission for that.
    They see how much it is, but not what."""

    audited_fields = (
        "username", "first_name", "last_name", "email", "is_active", "is_staff", "is_superuser", "groups",
        "user_permissions",
    )  # fmt: skip

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and _may_edit(request.user, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and _may_edit(request.user, obj)

    def get_readonly_fields(self, request, obj=None):
        """Only a superuser gives permissions."""
        rights = () if request.user.is_superuser else ("is_superuser", "user_permissions")
        return (*super().get_readonly_fields(request, obj), *rights)

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


def _may_edit(staff, person):
    """Only a superuser edits a superuser: whoever can set their password has all permissions."""
    return staff.is_superuser or person is None or not person.is_superuser
