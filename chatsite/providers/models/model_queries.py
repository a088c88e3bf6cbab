"""Which models are offered, and to whom."""

from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef

from chatsite.providers.kinds import Kind


class ModelQuerySet(models.QuerySet):
    def offered(self):
        """Return what is offered to anybody: offered, and either listed by the provider or added by an admin."""
        in_use = self.filter(provider__enabled=True, provider__applies=True)
        offered = in_use.filter(offered=True, available=True).select_related("provider")
        return offered.order_by("-provider__priority", "provider__name", "name")

    def usable_by(self, user):
        """Return what this person may use: offered, to everyone or to one of the person's groups."""
        return self.offered().filter(self.is_for(user))

    def is_for(self, user) -> ExpressionWrapper:
        """Return a condition: whether a model is for everyone, or for one of a person's groups."""
        of_model = self.model.groups.through.objects.filter(model=OuterRef("pk"))
        mine = User.groups.through.objects.filter(user=user).values("group")
        return ExpressionWrapper(
            ~Exists(of_model) | Exists(of_model.filter(group__in=mine)), output_field=BooleanField()
        )

    def pick(self) -> None:
        """Pick the default that applies until an admin chooses one. It stays while it is offered to everyone, also
        when models are added."""
        with transaction.atomic():
            chats = self.offered().filter(kind=Kind.CHAT, groups=None)
            if chats.filter(picked=True).exists():
                return
            best = chats.order_by("-provider__priority", "provider_id", "position", "pk").first()
            self.filter(picked=True).update(picked=False)
            self.filter(pk=best and best.pk).update(picked=True)
