"""The admin's page of backups: a button makes one, and the page says how it ended."""

import pytest
from django.contrib.auth.models import User

from chatsite.audit.models import Event
from chatsite.operations.backups import making

pytestmark = pytest.mark.django_db(transaction=True)
PAGE, MAKE = "/admin/backups/", "/admin/backups/make/"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.HOME = tmp_path
    return tmp_path / "backups"


@pytest.fixture
def root(client):
    client.force_login(User.objects.create_superuser("root"))
    return client


def seen(client) -> str:
    return " ".join(client.get(PAGE).content.decode().replace("\xa0", " ").split())


def test_a_site_without_backups_says_so(root, folder):
    assert "There is none yet." in seen(root)


def test_the_button_makes_a_backup_and_the_page_says_what_is_in_it(root, folder):
    response = root.post(MAKE, follow=True)
    assert response.redirect_chain == [(PAGE, 302)]
    (path,) = folder.iterdir()
    page = seen(root)
    assert f"The last one: {path.name}, " in page and "checked by opening it: 0 conversations" in page
    assert f'<th scope="row">{path.name}</th>' in page
    event = Event.objects.get()
    assert (event.actor_name, event.verb, event.target_name) == ("root", "made a backup", path.name)


def test_a_backup_that_fails_is_said_with_its_reason(root, settings):
    (settings.HOME / "field_key").write_text("no key")
    root.post(MAKE)
    page = seen(root)
    assert "The last backup failed on" in page and "(root): The file" in page
    assert "holds no usable key" in page


def test_a_backup_that_is_being_made_is_waited_for_and_not_begun_again(root):
    with making._alone():
        page = seen(root)
    assert "A backup is being made." in page and "Make one now" not in page


def test_a_folder_that_cannot_be_used_is_said_on_the_page(root, folder):
    folder.write_text("no folder")
    page = seen(root)
    assert f"{folder} cannot be used: " in page and "Make one now" not in page
    assert "cannot be used: " in " ".join(root.post(MAKE, follow=True).content.decode().split())


def test_a_link_that_leads_nowhere_is_no_backup(root, folder):
    folder.mkdir()
    (folder / "backup-2026-01-01-030000.tar.gz").symlink_to(folder / "deleted")
    assert "There is none yet." in seen(root) and "2026-01-01" not in seen(root)


def test_a_get_makes_no_backup(root, folder):
    assert root.get(MAKE).status_code == 405
    assert not folder.exists()


def test_the_page_has_the_lines_for_every_night(root, settings):
    page = seen(root)
    assert f"17 3 * * * CHATSITE_HOME={settings.HOME} " in page
    assert "manage.py backup --keep 14" in page and "OnCalendar=" in page


def test_the_first_steps_have_the_button(root):
    index = root.get("/admin/").content.decode()
    assert f'action="{MAKE}"' in index
    root.post(MAKE)
    assert f'action="{MAKE}"' not in root.get("/admin/").content.decode()


def test_a_user_without_a_name_is_named_by_its_number(root, monkeypatch):
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 54321)
    assert "in the table of the user 54321" in seen(root)
