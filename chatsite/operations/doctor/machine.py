"""Checks of the machine: disk, files, settings, Redis."""

import asyncio
import os
import resource
import shutil
from pathlib import Path

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.template.defaultfilters import filesizeformat

from chatsite import home
from chatsite.completions.aiohttp_sessions import read_authorities
from chatsite.operations.doctor.findings import Finding, note, problem
from chatsite.operations.variables import unknown
from chatsite.wording import counted, listed

MIN_FREE_BYTES = 200 * 1024**2
FEW_FREE_BYTES = 2 * 1024**3
MIN_SECRET_CHARACTERS = 32
MIN_OPEN_FILES = 4096
REDIS_SECONDS = 3


def disk() -> Finding:
    """Space for the database, and for a backup, which needs as much once or twice."""
    usage = shutil.disk_usage(settings.HOME)
    free = f"{filesizeformat(usage.free)} of {filesizeformat(usage.total)} are free where the site keeps its data."
    if usage.free < MIN_FREE_BYTES:
        return problem(free, "Free some space: soon nothing can be stored.")
    if usage.free < max(FEW_FREE_BYTES, 2 * _database_bytes()):
        return note(free, "Free some space: a backup needs up to twice the size of the database for a while.")
    return Finding(free)


def files() -> Finding:
    """The folder, the keys and the database are this user's alone."""
    names = [*home.NEEDED, "backups", "imports", "sign_in_link"]
    found = [settings.HOME, *(each for name in names if (each := settings.HOME / name).exists())]
    unusable = [str(path) for path in found if not os.access(path, os.R_OK | os.W_OK)]
    if unusable:
        who = "Give them to the user who runs the site."
        return problem(f"This user cannot read and write {listed(unusable)}.", who)
    seen = [str(path) for path in found if path.stat().st_mode & home.OTHERS]
    if seen:
        return problem(f"Other users of this machine can use {listed(seen)}.", f"chmod go= {' '.join(seen)}")
    return Finding(f"The keys and the database in {settings.HOME} are for this user alone.")


def variables() -> Finding:
    """Names in the environment that are no settings, and a secret key that can be guessed."""
    wrong = [
        f"{name} is set, but the site has no such setting.{f' Did you mean {meant}?' if meant else ''}"
        for name, meant in unknown()
    ]
    if len(str(settings.SECRET_KEY)) < MIN_SECRET_CHARACTERS:
        wrong.append(
            f"CHATSITE_SECRET_KEY can be guessed: it has fewer than {MIN_SECRET_CHARACTERS} characters."
        )
    if wrong:
        return note(" ".join(wrong), "Change them where the site is started.")
    return Finding("All settings from the environment are known.")


def static_files() -> Finding:
    if (Path(settings.STATIC_ROOT) / ".collected").exists():
        return Finding("Styles and scripts are collected.")
    return note("Styles and scripts are not collected yet.", "manage.py serve does it when it starts.")


def open_files() -> Finding:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < MIN_OPEN_FILES:
        few = f"This process may open at most {counted(soft, 'file')}; each open page needs one."
        return note(few, f"Raise the limit: LimitNOFILE=65536 in systemd, or ulimit -n {MIN_OPEN_FILES}.")
    return Finding("The limit of open files is high enough.")


def authorities() -> Finding | None:
    """The file of certificate authorities, which is read again when it changes, is still good."""
    if not settings.CA_FILE:
        return None
    try:
        read_authorities(settings.CA_FILE)
    except ValueError as error:
        return problem(
            f"{error} What the site has read before counts until it is started again, which this file prevents.",
            f"Look at {settings.CA_FILE}: it must be in PEM form, and this user must be able to read it.",
        )
    return Finding("The file of certificate authorities can be read.")


def redis() -> Finding | None:
    """The hints between workers, where there are any."""
    if not settings.CHANNEL_LAYERS:
        return None
    try:
        async_to_sync(_send_nothing)()
    except Exception as error:  # backends raise errors of their own
        return note(
            f"Redis does not answer: {' '.join(str(error).split()) or type(error).__name__}.",
            "Workers notify each other through the database, 300 ms later. Start Redis, or correct REDIS_URL.",
        )
    return Finding("Redis answers.")


async def _send_nothing() -> None:
    layer = get_channel_layer()
    assert layer
    async with asyncio.timeout(REDIS_SECONDS):
        await layer.group_send("doctor", {"type": "nothing"})


def _database_bytes() -> int:
    file = settings.HOME / "chatsite.sqlite3"
    return file.stat().st_size if file.exists() else 0
