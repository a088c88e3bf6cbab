"""What the environment sets: an admin sees all of it, no secret, and what nothing in the admin can change."""

import re
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.auth.models import User

from chatsite.operations.variables import VARIABLES

ROOT = Path(__file__).resolve().parent.parent.parent
NAMES = {each.name for each in VARIABLES}
PAGE = "/admin/environment/"
# The fields of the admin that a variable fixes. The page of a provider shows these as fixed.
FIXED = {"OPENAI_BASE_URL": "base_url"}


@pytest.fixture
def root(client, db):
    client.force_login(User.objects.create_superuser("root"))
    return client


def test_every_variable_that_is_read_is_listed():
    source = (ROOT / "chatsite" / "settings.py").read_text()
    read = set(re.findall(r'(?:environment|servers)\.\w+\(\s*"([A-Z_]+)"', source))
    # A prefix, and what systemd sets.
    assert read - {"CHATSITE_KEY_", "JOURNAL_STREAM"} == NAMES


def test_every_variable_is_explained_in_the_readme():
    readme = (ROOT / "README.md").read_text()
    assert [name for name in NAMES if f"`{name}`" not in readme] == []


def test_no_variable_sets_what_an_admin_can_set_but_as_a_fixed_field():
    fields = {field.name for model in admin.site._registry for field in model._meta.fields}
    twins = {name for name in NAMES if {name.lower(), *_without_prefix(name)} & fields}
    assert twins == set(FIXED)


def _without_prefix(name: str) -> set[str]:
    return {name.lower().removeprefix(prefix) for prefix in ("chatsite_", "openai_")}


def test_what_is_set_is_shown_with_where_it_comes_from_and_without_secrets(root, monkeypatch, settings):
    monkeypatch.setenv("CHATSITE_TITLE_MODEL", "small-model")
    for name in ("OPENAI_API_KEY", "CHATSITE_SECRET_KEY", "CHATSITE_KEY_MINE", "CHATSITE_FIELD_KEY"):
        monkeypatch.setenv(name, "sk-canary-0123456789")
    monkeypatch.setenv("DATABASE_URL", "postgres://ann:sk-canary@host/name")
    monkeypatch.setenv("CHATSITE_PROXY", "http://ann:sk-canary@proxy:3128")
    settings.PROVIDER_KEYS = {"CHATSITE_KEY_MINE": "sk-canary-0123456789"}
    page = root.get(PAGE)
    assert "canary" not in page.content.decode()
    found = {each.variable.name: (each.text, each.is_set) for each in page.context["values"]}
    assert found["CHATSITE_TITLE_MODEL"] == ("small-model", True)
    assert found["CHATSITE_KEY_MINE"] == found["DATABASE_URL"] == ("set", True)
    assert found["CHATSITE_KEEP_DELETED_DAYS"] == ("30", False)


def test_a_name_that_means_nothing_is_said_with_the_one_that_is_meant(root, monkeypatch):
    monkeypatch.setenv("CHATSITE_TITEL_MODEL", "small-model")
    monkeypatch.setenv("CHATSITE_WEATHER", "fine")
    seen = root.get(PAGE).content.decode()
    assert (
        "CHATSITE_TITEL_MODEL is set, but the site has no such setting. Did you mean CHATSITE_TITLE_MODEL?"
        in seen
    )
    assert "CHATSITE_WEATHER is set, but the site has no such setting.</p>" in seen


def test_the_first_page_of_the_admin_leads_there(root):
    assert f'href="{PAGE}"' in root.get("/admin/").content.decode()
