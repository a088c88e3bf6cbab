"""The operations app."""

from django.apps import AppConfig

from chatsite.operations import case_insensitive


class OperationsConfig(AppConfig):
    name = "chatsite.operations"

    def ready(self):
        case_insensitive.register()
