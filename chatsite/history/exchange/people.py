"""The person whom a command names."""

from django.contrib.auth.models import User
from django.core.management.base import CommandError


def named(name: str) -> User:
    try:
        return User.objects.get(username=name)
    except User.DoesNotExist:
        raise CommandError(f"There is nobody named {name}.") from None
