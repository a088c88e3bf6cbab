"""The files in deploy/: no secret gets into an image or an address, no other user reads what is stored."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UNIT = (ROOT / "deploy" / "chatsite.service").read_text()
COMPOSE = (ROOT / "deploy" / "compose.yaml").read_text()


def test_an_image_gets_only_what_the_wheel_is_built_from():
    rules = [rule for rule in (ROOT / ".dockerignore").read_text().splitlines() if rule[0] != "#"]
    allowed = {rule[1:] for rule in rules if rule[0] == "!"}
    assert rules[0] == "*"
    assert allowed == {"chatsite", "static", "templates", "pyproject.toml", "README.md", "LICENSE"}


def test_what_an_image_stores_outlives_its_containers():
    dockerfile = (ROOT / "deploy" / "Dockerfile").read_text()
    assert re.search(r"CHATSITE_HOME=(\S+)", dockerfile)[1] == re.search(r"VOLUME (\S+)", dockerfile)[1]


def test_a_password_is_no_part_of_an_address():
    assert "DATABASE_URL: postgres://chatsite@postgres/chatsite\n" in COMPOSE
    assert "PGPASSWORD: ${POSTGRES_PASSWORD:?}\n" in COMPOSE


def test_the_unit_keeps_other_users_out_and_has_files_for_many_connections():
    assert {"StateDirectoryMode=0700", "UMask=0077", "LimitNOFILE=65536"} <= set(UNIT.splitlines())


def test_the_unit_waits_for_the_network():
    assert "Wants=network-online.target" in UNIT and re.search("After=.*network-online.target", UNIT)


def test_a_backup_reads_the_same_settings_and_folder_as_the_site():
    backup = (ROOT / "deploy" / "chatsite-backup.service").read_text().splitlines()
    shared = {
        line for line in UNIT.splitlines() if line.startswith(("User", "State", "Environment", "UMask"))
    }
    assert shared - {"Environment=CHATSITE_TRUSTED_PROXIES=127.0.0.1"} <= set(backup)
