"""The form of a person in the admin."""

from django.contrib.auth.forms import UserChangeForm

from chatsite.people.superusers import keeps_one_without

OWN_ACCOUNT = "You cannot deactivate yourself. Another admin can."
LAST_SUPERUSER = "This is the last active superuser. Make another one first."


class PersonForm(UserChangeForm):
    """Refuses what would leave nobody who can do everything. `editor`: who fills it in."""

    editor = None

    def clean(self):
        cleaned = super().clean()
        is_active = cleaned.get("is_active", self.instance.is_active)
        is_superuser = cleaned.get("is_superuser", self.instance.is_superuser)
        if not is_active and self.instance.pk == self.editor.pk:
            self.add_error("is_active", OWN_ACCOUNT)
        elif not (is_active and is_superuser) and not keeps_one_without([self.instance]):
            self.add_error("is_superuser" if is_active else "is_active", LAST_SUPERUSER)
        return cleaned
