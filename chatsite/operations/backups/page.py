"""The admin's page of backups: what there is, and a button that makes one."""

import getpass
import logging
import os
import shlex
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections

from chatsite.operations.backups import making
from chatsite.operations.backups.errors import BackupError, in_words

logger = logging.getLogger(__name__)

# How long the button waits for the backup that it began. Most are done by then; the page says when one is not.
WAIT_SECONDS = 5
KEEP = 14


def shown() -> dict[str, Any]:
    """Return what the page shows."""
    return {
        "last": making.last(),
        "failed": making.FAILED,
        "missing_keys": making.missing_keys(),
        "values": schedule(),
        **_in_folder(),
    }


def begin(request: Any) -> None:
    """Begin a backup for the person of this request, and wait a little for its end."""
    work = threading.Thread(target=_make, args=(request,), name="backup", daemon=True)
    work.start()
    work.join(WAIT_SECONDS)


def schedule() -> dict[str, str]:
    """Return what lines for cron and systemd are made of."""
    program = ["-m", "chatsite"] if settings.IS_INSTALLED else [str(settings.BASE_DIR / "manage.py")]
    command = shlex.join([sys.executable, *program, "backup", "--keep", str(KEEP)])
    home = shlex.quote(f"CHATSITE_HOME={settings.HOME}")
    return {"command": command, "home": home, "user": _user()}


def _user() -> str:
    """Return the name of the user that the site runs as; the number of one without a name, as in containers."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _in_folder() -> dict[str, Any]:
    """Return the backups that there are, or why their folder cannot be used."""
    try:
        folder = making.folder()
        with in_words(folder):
            files = [_file(path) for path in making.kept(folder)]
        return {"folder": folder, "files": files, "is_being_made": making.is_being_made()}
    except BackupError as error:
        return {"unusable": str(error)}


def _file(path: Path) -> tuple[str, int, datetime]:
    found = path.stat()
    return path.name, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC)


def _make(request: Any) -> None:
    try:
        making.make(making.folder() / making.new_name(), request=request)
    except BackupError as error:
        # Its event says so on the page, or the page itself where the folder cannot be used.
        logger.warning("The backup failed: %s", error)
    except Exception:  # nobody else would report it
        logger.exception("The backup failed unexpectedly.")
    finally:
        connections.close_all()
