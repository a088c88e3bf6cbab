"""How many people something is for."""

from collections.abc import Collection

from django.contrib.auth.models import Group, User


def people_in(groups: Collection[Group]) -> int:
    """Return how many active people are in one of these groups; without groups, how many there are."""
    people = User.objects.filter(is_active=True)
    return (people.filter(groups__in=groups).distinct() if groups else people).count()
