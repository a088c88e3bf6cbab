"""Invitations in the admin."""

from django.contrib import admin, messages

from chatsite.accounts.invitations import default_expiry
from chatsite.accounts.models import Invitation
from chatsite.audit.audited import Audited
from chatsite.datetime_fields import NamedMoments


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
