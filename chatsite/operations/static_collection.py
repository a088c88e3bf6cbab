"""Collecting static files, joined and under hashed names, only when they have changed."""

import hashlib
import os
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command

from chatsite.operations import bundles, static

STAMP = ".collected"
NAMES = "staticfiles.json"


def collect_static() -> None:
    """Collect when any file is new, changed or deleted since the last time, at its source or where it was collected."""
    root = Path(settings.STATIC_ROOT)
    stamp = root / STAMP
    if not stamp.exists() or stamp.read_bytes() != _state(root):
        # Cleared, because a start that was killed or found the disk full leaves a torn file, newer than its source.
        # Django reads the list of names even to write a new one.
        (root / NAMES).unlink(missing_ok=True)
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_bytes(_state(root))


def _state(root: Path) -> bytes:
    """Changes with each static file, with the code that writes them, and with the sizes of what was written.

    A crash of the machine can leave collected files empty.
    """
    digest = hashlib.sha256()
    found = [storage.path(path) for finder in finders.get_finders() for path, storage in finder.list([])]
    for path in (*found, static.__file__, bundles.__file__):
        file = Path(path).stat()
        digest.update(b"%b %d %d\n" % (os.fsencode(path), file.st_size, file.st_mtime_ns))
    for written in sorted(root.rglob("*")):
        if written.is_file() and written.name != STAMP:
            digest.update(b"%b %d\n" % (os.fsencode(written), written.stat().st_size))
    return digest.hexdigest().encode()
