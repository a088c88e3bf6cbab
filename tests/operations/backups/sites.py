"""The site that a backup is restored into."""

import sqlite3
from contextlib import closing, contextmanager
from uuid import uuid4

from django.db import connection

from chatsite.conversations.models import Message
from tests.harness.databases import connect, used


@contextmanager
def empty_site(settings, tmp_path):
    """An empty folder and, on a server, an empty database: the site that a backup is restored into."""
    settings.HOME = tmp_path / "other"
    settings.HOME.mkdir(mode=0o700)
    if connection.vendor == "sqlite":
        yield
        return
    name = f"restored_{uuid4().hex}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    server = connection.settings_dict
    url = f"postgres://{server['USER']}@{server['HOST']}:{server['PORT']}/{name}"
    with used(connect(url)):
        yield


def restored_texts(settings) -> list[str]:
    if connection.vendor == "postgresql":
        return list(Message.objects.order_by("pk").values_list("text", flat=True))
    with closing(sqlite3.connect(settings.HOME / "chatsite.sqlite3")) as file:
        return [text for (text,) in file.execute("SELECT text FROM conversations_message ORDER BY id")]
