"""`manage.py sign_in_link NAME`: prints a link that signs a person in, once."""

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from chatsite.accounts.links import sign_in_path


class Command(BaseCommand):
    help = "Prints a link that signs a person in, once, for instance when a password was forgotten."

    def add_arguments(self, parser):
        parser.add_argument("name", help="the name that the person signs in with")

    def handle(self, *args, name, **options):
        person = User.objects.filter(username=name).first()
        if person is None:
            raise CommandError(f"There is nobody named {name}.")
        if not person.is_active:
            raise CommandError(f"{name} is deactivated. Activate {name} in the admin first.")
        origin = settings.CSRF_TRUSTED_ORIGINS[0] if settings.CSRF_TRUSTED_ORIGINS else ""
        if not origin:
            self.stderr.write("Put the site's address before this path:")
        self.stdout.write(f"{origin}{sign_in_path(person)}")
