"""Invitations: a link with which somebody makes an account, once, for a limited time. Only its hash is stored."""

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.models import Group, User
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

TOKEN_BYTES = 32
DEFAULT_DAYS = 7
MAX_DAYS = 90


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class InvitationQuerySet(models.QuerySet):
    def open(self):
        """Return those that can still be used: none of somebody who was deactivated or deleted."""
        return self.filter(used=None, expires__gt=timezone.now(), invited_by__is_active=True)

    def of(self, token: str) -> "Invitation | None":
        """Return the open one that a link names; None when it was used, has expired or never existed."""
        return self.open().filter(token_hash=hash_of(token)).first()


class Invitation(models.Model):
    """Allows one person to make an account. `note`: for whom it is, in the admin's words."""

    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    note = models.CharField(max_length=200, blank=True, help_text="For whom it is. Only admins see this.")
    groups = models.ManyToManyField(Group, blank=True, help_text="The groups that the person will be in.")
    expires = models.DateTimeField()
    created = models.DateTimeField(default=timezone.now, editable=False)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, editable=False, related_name="+")
    used = models.DateTimeField(null=True, editable=False)
    person = models.ForeignKey(User, models.SET_NULL, null=True, editable=False, related_name="+")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created"]
        constraints = [models.CheckConstraint(condition=~Q(token_hash=""), name="an_invitation_has_a_link")]

    def __str__(self) -> str:
        return self.note or f"invitation of {timezone.localtime(self.created):%-d %B %Y}"

    def renew(self) -> str:
        """Give it a new link, and return the path of that. It is not saved yet, and cannot be read again later."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self.token_hash = hash_of(token)
        return reverse("accounts:invitation", args=[token])

    @property
    def state(self) -> str:
        if self.used:
            return f"used by {self.person}" if self.person else "used by a deleted person"
        if self.expires <= timezone.now():
            return "expired"
        is_open = self.invited_by and self.invited_by.is_active
        return "open" if is_open else "closed: who invited is not active any more"

    def accept(self, user: User) -> bool:
        """Save the new user in the invitation's groups. Returns False when somebody else was faster."""
        with transaction.atomic():
            if not Invitation.objects.open().filter(pk=self.pk).update(used=timezone.now()):
                return False
            user.save()
            user.groups.set(self.groups.all())
            Invitation.objects.filter(pk=self.pk).update(person=user)
        return True


def default_expiry():
    return timezone.now() + timedelta(days=DEFAULT_DAYS)
