"""The accounts app."""

from django.apps import AppConfig, apps


class AccountsConfig(AppConfig):
    name = "chatsite.accounts"

    def ready(self) -> None:
        """Give Django's users the name that the pages use. Set after the class is made, it asks for no migration."""
        auth = apps.get_app_config("auth")
        auth.verbose_name = "People and groups"
        meta = auth.get_model("User")._meta
        meta.verbose_name, meta.verbose_name_plural = "person", "people"
