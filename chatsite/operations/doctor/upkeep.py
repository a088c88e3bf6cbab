"""Checks of regular work: backups and chores."""

from datetime import timedelta

from django.template.defaultfilters import date
from django.utils import timezone
from django.utils.timesince import timesince

from chatsite.conversations.models import LogEntry
from chatsite.history.retention.models import RetentionRule
from chatsite.operations.backups import making
from chatsite.operations.doctor.findings import Finding, note, problem
from chatsite.operations.housekeeping import JOBS, LEASE
from chatsite.operations.models import Chore
from chatsite.wording import counted, listed

OLD_BACKUP = timedelta(days=7)
MAX_LOG_ENTRIES = 20_000
MAKE_ONE = (
    "manage.py backup makes one, and so does the page “Backups”, which has a line of cron for every night."
)


def backup() -> Finding:
    last = making.last()
    if last is None:
        return note("There is no backup.", MAKE_ONE)
    at = date(timezone.localtime(last.at), "j F Y, H:i")
    if last.verb == making.FAILED:
        return problem(f"The last backup failed on {at}: {last.reason}", MAKE_ONE)
    made = making.summary(last.target_name, last.after["bytes"], last.after["conversations"])
    sentence = f"The last backup was made on {at}: {made}."
    return note(sentence, MAKE_ONE) if timezone.now() - last.at > OLD_BACKUP else Finding(sentence)


def chores() -> Finding:
    """Some worker does each of them in time."""
    rows = {chore.name: chore for chore in Chore.objects.all()}
    wrong = [f"“{name}” failed: {chore.error}" for name, chore in rows.items() if chore.error]
    if wrong:
        return problem(f"Chores fail, and are tried again: {' '.join(wrong)}", "See the site’s log.")
    late = [job.name for job in JOBS if job.name not in rows or rows[job.name].due < timezone.now() - LEASE]
    if late:
        return note(
            f"No worker does these chores: {listed(late)}.",
            "A worker that manage.py serve starts does them within a minute.",
        )
    done = [chore.done for chore in rows.values() if chore.done]
    ago = f" The last one {timesince(max(done))} ago." if done else ""
    return Finding(f"All {len(JOBS)} chores are done in time.{ago}")


def retention() -> Finding:
    rule = RetentionRule.objects.in_force()
    return Finding(f"{rule}." if rule else "No retention rule deletes conversations.")


def log() -> Finding:
    """The log entries of answers are deleted some time after their end."""
    found = LogEntry.objects.expired()[: MAX_LOG_ENTRIES + 1].count()
    if found > MAX_LOG_ENTRIES:
        return note(
            f"More than {MAX_LOG_ENTRIES:,} log entries of ended answers wait to be deleted.",
            "Restart the site.",
        )
    return Finding(f"{counted(found, 'log entry', 'log entries')} of ended answers wait to be deleted.")
