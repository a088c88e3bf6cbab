"""Who may edit whom."""

from django.contrib.auth.models import Permission
from django.db.models import Q


def may_edit(staff, person):
    """Return whether an editor may do all that a person may do: who sets a password can sign in with it."""
    if staff.is_superuser or person is None or person.pk == staff.pk:
        return True
    return not person.is_superuser and permissions_of(person) <= staff.get_all_permissions()


def permissions_of(person):
    """Return a person's permissions, also a deactivated one's: who activates them could use these."""
    theirs = Permission.objects.filter(Q(user=person) | Q(group__user=person))
    return {f"{app}.{name}" for app, name in theirs.values_list("content_type__app_label", "codename")}
