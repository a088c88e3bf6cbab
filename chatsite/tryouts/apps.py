"""The app of tryouts."""

from django.apps import AppConfig


class TryoutsConfig(AppConfig):
    name = "chatsite.tryouts"
