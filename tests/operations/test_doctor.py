"""The doctor: a sentence for each check, and what to do where something is wrong."""

from datetime import timedelta
from uuid import uuid4

import pytest
import trustme
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.utils import timezone

from chatsite import home
from chatsite.audit.recording import record
from chatsite.conversations.models import Completion, Conversation
from chatsite.encryption import Secret
from chatsite.operations.backups import making
from chatsite.operations.doctor.examining import CHECKS, NAMES, examine
from chatsite.operations.housekeeping import JOBS
from chatsite.operations.models import Chore
from chatsite.providers.models import Model, Provider

WORSE = {"ok": 0, "note": 1, "problem": 2}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.HOME = tmp_path / "home"
    home.prepare(settings.HOME)
    return settings.HOME


@pytest.fixture
def provider(db) -> Provider:
    provider = Provider.objects.create(name="Mine", base_url="http://h/v1", asked=timezone.now())
    Model.objects.create(provider=provider, name="large")
    return provider


def found(name: str) -> tuple[str, str]:
    """The level and the words of the one finding of a check."""
    ((_, finding),) = examine([name]).found
    return finding.level.name.lower(), f"{finding.sentence} {finding.do}".replace("\xa0", " ")


def answers(provider: Provider, **counts: int) -> None:
    """Store ended answers: how many with each status, or with each kind of failure."""
    conversation = Conversation.objects.create(owner=User.objects.create_user(uuid4().hex))
    for kind, count in counts.items():
        for _ in range(count):
            run = conversation.reply_to(conversation.say(uuid4(), "Hello?", None), model="large")
            status, error = ("complete", "") if kind == "complete" else ("failed", kind)
            Completion.objects.filter(pk=run.pk).update(status=status, error_kind=error, provider=provider)


def test_every_check_ends_in_a_sentence_on_both_databases(database):
    report = examine()
    assert {check.name for check, _ in report.found} >= set(NAMES) - {
        "authorities", "redis", "clock", "integrity", "write-ahead-log", "providers",
    }  # fmt: skip
    for check, finding in report.found:
        assert finding.sentence[-1] == "." and (finding.is_ok or finding.do), check.name


def test_each_check_has_a_name_of_its_own():
    assert len({check.name for check in CHECKS}) == len(CHECKS)


def test_a_name_that_means_nothing_is_said_with_the_one_that_is_meant(monkeypatch):
    monkeypatch.setenv("CHATSITE_TITEL_MODEL", "small")
    level, said = found("settings")
    assert level == "note"
    assert (
        "CHATSITE_TITEL_MODEL is set, but the site has no such setting. Did you mean CHATSITE_TITLE_MODEL?"
        in said
    )


def test_files_that_others_can_read_are_named_with_the_command(folder):
    assert found("files")[0] == "ok"
    (folder / "field_key").write_text("x")
    (folder / "field_key").chmod(0o644)
    assert found("files") == (
        "problem",
        f"Other users of this machine can use {folder}/field_key. chmod go= {folder}/field_key",
    )


def test_tables_of_another_version_are_said_and_nothing_else_is_asked_of_them(database):
    call_command("migrate", "operations", "0001", verbosity=0)
    try:
        report = examine(["migrations", "chores"])
    finally:
        call_command("migrate", verbosity=0)
    ((_, finding),) = report.found
    assert finding.sentence == "1 migration of this version must still be applied to the database."


def test_a_site_without_a_model_is_told(db, folder):
    assert found("models") == (
        "problem", "No model is offered to anybody. Add a provider in the admin, or offer its models.",
    )  # fmt: skip


def test_models_for_everyone_and_for_groups_are_counted(provider):
    assert found("models")[1].startswith("1 model offered to everyone, 0 to groups only.")


def test_a_provider_is_told_by_its_answers_of_the_last_24_hours(provider):
    answers(provider, complete=2, rate_limit=1)
    Completion.objects.filter(pk=Completion.objects.first().pk).update(
        started=timezone.now() - timedelta(days=2)
    )
    assert found("providers") == (
        "ok",
        "Mine: 2 answers in the last 24 hours, of which failed: 1 rate limit. ",
    )


def test_a_provider_of_which_most_answers_fail_is_to_be_looked_at(provider):
    answers(provider, complete=2, timeout=2, auth=1)
    level, said = found("providers")
    assert level == "note" and "of which failed: 2 timeout, 1 auth" in said


def test_a_provider_that_rests_is_said_with_until_when_and_why(provider):
    Provider.objects.update(
        failures=3, failing_since=timezone.now(), failure="Wrong key.",
        rests_until=timezone.now() + timedelta(minutes=5),
    )  # fmt: skip
    level, said = found("providers")
    assert level == "problem" and "Rests until" in said and "Wrong key." in said


def test_a_key_that_cannot_be_decrypted_is_said(provider):
    Provider.objects.update(key=Secret("gAAAAAB-of-another-site"))
    level, said = found("provider-keys")
    assert level == "problem" and "Mine: The stored secret cannot be decrypted" in said


def test_a_superuser_without_a_password_is_named(db):
    assert found("superusers")[0] == "problem"
    User.objects.create_superuser("ann")
    level, said = found("superusers")
    assert level == "note" and "ann" in said and "/accounts/password/" in said
    User.objects.create_superuser("bea", password="as hard to guess as can be")
    User.objects.filter(username="ann").delete()
    assert found("superusers")[0] == "ok"


def test_those_who_may_read_what_others_said_are_named(db):
    assert found("readers")[1].startswith("Nobody may read")
    sam = User.objects.create_user("sam", is_staff=True)
    sam.user_permissions.add(Permission.objects.get(codename="view_conversation_text"))
    assert "sam" in found("readers")[1]


def test_a_site_that_others_reach_without_https_is_a_problem(settings):
    settings.ALLOWED_HOSTS = ["localhost"]
    assert found("https")[0] == "ok"
    settings.ALLOWED_HOSTS = ["localhost", "chat.example"]
    assert found("https")[0] == "problem"
    settings.SESSION_COOKIE_SECURE = True
    assert found("https") == (
        "note",
        "All people seem to come from the proxy’s address, so attempts to sign in are counted together. "
        "Set CHATSITE_TRUSTED_PROXIES to the address of the proxy.",
    )


def test_debug_mode_is_a_problem(settings):
    settings.DEBUG = True
    assert found("debug")[0] == "problem"


def test_a_backup_that_is_missing_failed_or_old_is_said(db, folder):
    assert found("backup")[0] == "note"
    record(making.FAILED, name="backup.tar.gz", reason="There is not enough room in /backups.")
    assert found("backup")[0] == "problem" and "There is not enough room in /backups." in found("backup")[1]
    making.make(making.folder() / making.new_name())
    level, said = found("backup")
    assert level == "ok" and "checked by opening it: 0 conversations" in said


def test_a_chore_that_fails_is_said_with_its_reason_and_one_that_nobody_does_with_its_name(db):
    assert found("chores")[0] == "note"
    for job in JOBS:
        Chore.objects.claim(job.name, timedelta(minutes=10))
        Chore.objects.done(job.name, job.every)
    assert found("chores")[0] == "ok"
    Chore.objects.failed("retention", "ValueError")
    level, said = found("chores")
    assert level == "problem" and "“retention” failed: ValueError" in said
    Chore.objects.update(error="")
    Chore.objects.filter(name="retention").update(due=timezone.now() - timedelta(hours=1))
    level, said = found("chores")
    assert level == "note" and "does these chores: retention." in said


def test_without_a_file_of_authorities_there_is_nothing_to_say(db):
    assert examine(["authorities"]).found == []


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "CHATSITE_CA_FILE names cannot be read"), ("nothing", "holds no certificates")],
)
def test_a_file_of_authorities_that_is_not_good_any_more_is_a_problem(settings, tmp_path, content, words):
    file = tmp_path / "ca.pem"
    settings.CA_FILE = str(file)
    trustme.CA().cert_pem.write_to_path(file)
    assert found("authorities")[0] == "ok"
    file.unlink()
    if content:
        file.write_text(content)
    level, said = found("authorities")
    assert level == "problem" and words in said and settings.CA_FILE in said
