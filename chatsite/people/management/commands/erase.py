"""`manage.py erase NAME --reason WHY`: plans to erase a person, or with --keep does not erase them after all."""

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from chatsite.audit.recording import record
from chatsite.people.erasure import WAIT, NotPossible, keep, plan


class Command(BaseCommand):
    help = (
        f"Deactivates a person at once, and deletes them with all that is theirs after {WAIT.days} days. "
        "With --keep, brings back who would be erased."
    )

    def add_arguments(self, parser):
        parser.add_argument("name", help="the name that the person signs in with")
        parser.add_argument("--reason", default="", help="why; it stays in the events")
        parser.add_argument("--keep", action="store_true", help="do not erase this person")

    def handle(self, *args, name, reason, keep, **options):
        person = User.objects.filter(username=name).first()
        if person is None:
            raise CommandError(f"There is nobody named {name}.")
        try:
            self.stdout.write(_kept(person) if keep else _planned(person, reason.strip()))
        except NotPossible as error:
            raise CommandError(str(error)) from error


def _kept(person: User) -> str:
    keep(person)
    record("kept", person)
    return f"Kept, with everything as it was: {person}."


def _planned(person: User, reason: str) -> str:
    if not reason:
        raise CommandError("Say why, with --reason.")
    for erasure in plan([person], reason):
        record("asked to erase", person, reason=reason, after={"due": str(erasure.due)})
    due = person.erasure.due
    return (
        f"{person} will be erased on {due:%Y-%m-%d %H:%M} UTC. `erase {person} --keep` keeps them until then."
    )
