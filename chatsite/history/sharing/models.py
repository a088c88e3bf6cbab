"""A share: a link to a conversation as it was at one moment, and the messages of that moment."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from chatsite.conversations.models import Conversation, Role
from chatsite.history.sharing.links import digest, new_seed, token_of
from chatsite.rendering import HTML_CACHE

# How long an expired link can be updated; then it is deleted with all that it showed.
KEEP_EXPIRED_DAYS = 30


class ShareQuerySet(models.QuerySet):
    def of(self, user: User):
        """Return the shares of this person's own conversations, without those that they deleted."""
        return self.filter(conversation__owner=user, conversation__deleted=None)

    def open(self):
        """Return those whose link works: not expired, of a conversation that is there, and of an active person."""
        unexpired = Q(expires=None) | Q(expires__gt=timezone.now())
        there = self.filter(conversation__deleted=None, conversation__owner__is_active=True)
        return there.filter(unexpired)

    def expired_long_ago(self):
        """Return those that are to be deleted."""
        return self.filter(expires__lte=timezone.now() - timedelta(days=KEEP_EXPIRED_DAYS))

    def expire_now(self) -> int:
        """Let those that have not expired do so. Returns how many."""
        now = timezone.now()
        return self.filter(Q(expires=None) | Q(expires__gt=now)).update(expires=now)

    def by_token(self, token: str):
        """Return the share that this link opens; None for any other."""
        return self.open().filter(digest=digest(token)).first()

    def newest_first(self):
        return self.order_by("-created", "-pk")


class Share(models.Model):
    """A link. `as_of`: the moment of the messages that it shows. `passphrase`: its hash; empty where none is needed."""

    uuid = models.UUIDField(unique=True, default=uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="shares")
    seed = models.CharField(max_length=64, default=new_seed, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    title = models.CharField(max_length=Conversation.MAX_TITLE_CHARACTERS, blank=True)
    count = models.PositiveIntegerField(default=0)
    signed_in_only = models.BooleanField(default=True)
    with_reasoning = models.BooleanField(default=False)
    passphrase = models.CharField(max_length=128, blank=True)
    days = models.PositiveSmallIntegerField(null=True, blank=True)
    expires = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(default=timezone.now, editable=False)
    as_of = models.DateTimeField(default=timezone.now, editable=False)

    objects = ShareQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.uuid)

    def save(self, *args, **kwargs):
        self.digest = self.digest or digest(self.token)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("sharing:shared", args=[self.token])

    @property
    def token(self) -> str:
        return token_of(self.seed)

    @property
    def can_be_copied(self) -> bool:
        """Whether the token can be made again: not after the site's secret key was changed."""
        return digest(self.token) == self.digest

    @property
    def needs_sign_in(self) -> bool:
        return self.signed_in_only or settings.SHARE_SIGNED_IN_ONLY

    @property
    def has_expired(self) -> bool:
        return self.expires is not None and self.expires <= timezone.now()

    @property
    def kept_until(self) -> datetime:
        """When an expired one is deleted."""
        return self.expires + timedelta(days=KEEP_EXPIRED_DAYS)

    def expire_after(self, days: int | None, now: datetime) -> None:
        """Let it expire after `days` days; never for None."""
        self.days = days
        self.expires = None if days is None else now + timedelta(days=days)


class SharedMessage(models.Model):
    """A message as it was shared. It has no id of the account's own rows."""

    share = models.ForeignKey(Share, models.CASCADE, related_name="messages")
    number = models.PositiveIntegerField()
    role = models.CharField(max_length=9, choices=Role)
    model = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    reasoning = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["share", "number"], name="one_shared_message_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.number}"

    @property
    def html(self) -> SafeString:
        """The text as the conversation's own page shows it."""
        return escape(self.text) if self.role == Role.USER else mark_safe(HTML_CACHE.html(self.text))

    @property
    def has_reasoning(self) -> bool:
        return bool(self.reasoning.strip())

    @property
    def reasoning_html(self) -> SafeString:
        return mark_safe(HTML_CACHE.html(self.reasoning))
