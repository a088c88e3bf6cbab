"""The owner: the superuser that the first start creates."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User

NAME = "owner"


def ensure_owner() -> User | None:
    """Return the user who needs a sign-in link, created if there is no superuser yet.

    None when the site has a superuser who can sign in by password.
    """
    superusers = get_user_model().objects.filter(is_superuser=True, is_active=True).order_by("pk")
    if any(user.has_usable_password() for user in superusers):
        return None
    return superusers.first() or get_user_model().objects.create_superuser(_free_name())


def _free_name() -> str:
    taken = set(get_user_model().objects.filter(username__startswith=NAME).values_list("username", flat=True))
    return next(
        name for name in (NAME, *(f"{NAME}{n}" for n in range(2, len(taken) + 3))) if name not in taken
    )
