"""The banners app."""

from django.apps import AppConfig


class BannersConfig(AppConfig):
    name = "chatsite.banners"
