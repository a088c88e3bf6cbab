"""`manage.py rotate_keys`: encrypts the secrets in the database with another key."""

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import models, transaction

from chatsite import home
from chatsite.audit.recording import record
from chatsite.encryption import SecretField, UnreadableSecret


class Command(BaseCommand):
    help = (
        "Encrypts all secrets in the database with a new key, which is added to the file field_key. With "
        "CHATSITE_FIELD_KEY: with the first key named there."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--drop-old",
            action="store_true",
            help="remove the old keys from the file; backups made before cannot be decrypted then",
        )

    def handle(self, *args, **options):
        if options["drop_old"] and settings.FIELD_KEYS:
            raise CommandError("Remove the old keys from CHATSITE_FIELD_KEY instead.")
        if not settings.FIELD_KEYS:
            home.keep_field_keys(settings.HOME, [home.new_field_key(), *home.field_keys(settings.HOME)])
        count, unreadable = renew_all()
        record("rotated keys", name=f"{count} secret{'' if count == 1 else 's'}")
        self.stdout.write(f"{count} secret{'' if count == 1 else 's'} encrypted with the new key.")
        if unreadable:
            raise CommandError(f"These cannot be decrypted and stay as they were: {', '.join(unreadable)}.")
        if options["drop_old"]:
            home.keep_field_keys(settings.HOME, home.field_keys(settings.HOME)[:1])


def renew_all() -> tuple[int, list[str]]:
    """Return how many secrets were encrypted again, and the names of those that cannot be decrypted."""
    count, unreadable = 0, []
    for instance, name in _secrets():
        try:
            renewed = getattr(instance, name).renewed()
        except UnreadableSecret:
            unreadable.append(f"{instance} ({name})")
        else:
            type(instance)._base_manager.filter(pk=instance.pk).update(**{name: renewed})
            count += 1
    return count, unreadable


def _secrets() -> Iterator[tuple[models.Model, str]]:
    for model in apps.get_models():
        names = [field.attname for field in model._meta.concrete_fields if isinstance(field, SecretField)]
        if not names:
            continue
        with transaction.atomic():
            for instance in model._base_manager.select_for_update():
                yield from ((instance, name) for name in names if getattr(instance, name))
