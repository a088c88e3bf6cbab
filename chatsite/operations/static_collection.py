"""Collecting static files, joined and under hashed names, only when they have changed."""

import hashlib
import os
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command

from chatsite.operations import bundles, static


def collect_static() -> None:
    """Collect when any file is new, changed or deleted since the last time."""
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    state = _state()
    if not stamp.exists() or stamp.read_text() != state:
        # Cleared, because a start that was killed or found the disk full leaves a torn file, newer than its source.
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(state)


def _state() -> str:
    """Changes with each static file, and with the code that writes them."""
    digest = hashlib.sha256()
    found = [storage.path(path) for finder in finders.get_finders() for path, storage in finder.list([])]
    for path in (*found, static.__file__, bundles.__file__):
        file = Path(path).stat()
        digest.update(b"%b %d %d\n" % (os.fsencode(path), file.st_size, file.st_mtime_ns))
    return digest.hexdigest()
