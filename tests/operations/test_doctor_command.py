"""`manage.py doctor`: the verdict first, and an exit code by how bad it is."""

import json
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from chatsite import home
from chatsite.operations.doctor.findings import Level
from tests.operations.processes import ROOT, environment


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.HOME = tmp_path / "home"
    home.prepare(settings.HOME)
    return settings.HOME


def test_the_command_prints_the_verdict_first_and_ends_with_how_bad_it_is(db, capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", "models", "debug", "backup")
    assert ended.value.code == 2
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "1 thing must be put right. 1 more thing to look at."
    assert "  ✗ models: No model is offered to anybody." in said
    for name, code in {"backup": 1, "debug": 0}.items():
        with pytest.raises(SystemExit) as ended:
            call_command("doctor", name)
        assert ended.value.code == code


def test_the_command_prints_json(db, capsys):
    with pytest.raises(SystemExit):
        call_command("doctor", "debug", json=True)
    printed = json.loads(capsys.readouterr().out)
    assert printed["verdict"] == "All is well." and printed["level"] == "ok"
    assert printed["checks"] == [
        {
            "name": "debug",
            "group": "People and safety",
            "level": "ok",
            "sentence": "Django’s debug mode is off.",
            "do": "",
        }
    ]


def test_a_check_that_there_is_not_is_said():
    with pytest.raises(CommandError, match="There is no check weather. There are: disk, ") as refused:
        call_command("doctor", "weather")
    assert refused.value.returncode == 2


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "chatsite.sqlite3 does not exist"),
        ("postgres://me:canary@127.0.0.1:1/none", "Connection refused"),
    ],
)
def test_it_works_when_the_database_does_not(tmp_path, url, said):
    command = [sys.executable, "manage.py", "doctor", "--json"]
    env = environment(tmp_path / "site", DATABASE_URL=url)
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode == Level.PROBLEM, done.stderr
    checks = {each["name"]: each for each in json.loads(done.stdout)["checks"]}
    assert said in checks["database"]["sentence"] and "canary" not in done.stdout + done.stderr
    assert checks["disk"]["level"] in ("ok", "note", "problem") and "models" not in checks
    assert not (tmp_path / "site" / "chatsite.sqlite3").exists()
