"""The session engine: Django's own of the database, which reads a session by a statement that is compiled once."""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from chatsite.statements import Given, Select


# The name is part of what signs a session's data.
class SessionStore(db.SessionStore):
    def load(self) -> dict[str, Any]:
        row = DATA.row(session=self.session_key, now=timezone.now())
        # Django itself handles one that is unknown or expired.
        return self.decode(row[0]) if row else super().load()


def _data() -> Any:
    expiry = Given("now", Session._meta.get_field("expire_date"))
    key = Given("session", Session._meta.pk)
    return Session.objects.filter(session_key=key, expire_date__gt=expiry).values_list("session_data")


DATA = Select(_data)
