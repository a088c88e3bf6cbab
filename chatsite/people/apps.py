"""The people app: the people and groups of a site, as the admin shows them."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "chatsite.people"
