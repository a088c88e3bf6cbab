"""A site with a backup."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import User

from chatsite.conversations.models import Conversation
from chatsite.operations.backups import making


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.HOME, settings.FIELD_KEYS = tmp_path / "home", []
    settings.HOME.mkdir(mode=0o700)
    return settings.HOME


@pytest.fixture
def made(database):
    """A backup of a site with three conversations."""
    alice = User.objects.create_user("alice")
    for text in ("Thyme", "Sage", "Mint\nand \\. dill"):
        Conversation.objects.create(owner=alice, title=text).say(uuid4(), text, None)
    return making.make(making.folder() / making.new_name())
