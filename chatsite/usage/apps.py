from django.apps import AppConfig


class UsageConfig(AppConfig):
    name = "chatsite.usage"
    verbose_name = "Usage"
