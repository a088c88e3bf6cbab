"""Sessions in the database, and the users who are signed in with them."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DjangosStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chatsite.accounts.sessions import SessionStore

HOME = "/"
SIGN_IN = "/accounts/login/"


@pytest.fixture
def browser(client, alice):
    """Alice's browser, in which she is signed in."""
    client.force_login(alice)
    return client


def shows_the_page(browser) -> bool:
    """Whether the browser is signed in. Otherwise it is sent to sign in."""
    response = browser.get(HOME)
    assert response.status_code == 200 or response["Location"].startswith(SIGN_IN)
    return response.status_code == 200


def session_of(browser) -> Session:
    return Session.objects.get(session_key=browser.cookies[settings.SESSION_COOKIE_NAME].value)


def test_a_session_that_django_has_stored_is_still_valid(db):
    stored = DjangosStore()
    stored["theme"] = "dark"
    stored.create()
    assert SessionStore(stored.session_key)["theme"] == "dark"
    assert DjangosStore(stored.session_key)["theme"] == "dark"


def test_who_is_signed_in_is_found_by_two_statements(browser):
    browser.get(HOME)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        browser.get(HOME)
    tables = ("django_session", "auth_user")
    found = [each["sql"] for each in queries if any(f'FROM "{table}"' in each["sql"] for table in tables)]
    assert len(found) == 2


def test_who_has_signed_in_is_shown_the_page(browser):
    assert shows_the_page(browser)


def test_a_forged_cookie_signs_nobody_in(browser, alice):
    browser.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    assert not shows_the_page(browser)
    # Nor does a session whose data was not written by the site.
    forged = Session.objects.create(
        session_key="b" * 32,
        session_data=f"_auth_user_id:{alice.pk}",
        expire_date=timezone.now() + timedelta(1),
    )
    browser.cookies[settings.SESSION_COOKIE_NAME] = forged.session_key
    assert not shows_the_page(browser)


def test_an_expired_session_is_over(browser):
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert not shows_the_page(browser)


def test_signing_out_ends_the_session(browser):
    key = session_of(browser).session_key
    browser.post("/accounts/logout/")
    assert not Session.objects.filter(session_key=key).exists()
    browser.cookies[settings.SESSION_COOKIE_NAME] = key
    assert not shows_the_page(browser)


def test_a_changed_password_ends_the_session(browser, alice):
    alice.set_password("another password")
    alice.save()
    assert not shows_the_page(browser)
    assert not Session.objects.exists()


def test_who_was_deactivated_is_signed_out(browser, alice):
    alice.is_active = False
    alice.save()
    assert not shows_the_page(browser)


def test_who_was_deleted_is_signed_out(browser, alice):
    alice.delete()
    assert not shows_the_page(browser)


def test_a_session_survives_a_new_secret_key_while_the_old_one_is_named(browser, settings):
    key = session_of(browser).session_key
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new secret key, as long as it has to be " * 2
    assert shows_the_page(browser)
    assert session_of(browser).session_key != key
    settings.SECRET_KEY_FALLBACKS = []
    assert shows_the_page(browser)


def test_a_session_ends_with_its_secret_key(browser, settings):
    settings.SECRET_KEY = "a new secret key, as long as it has to be " * 2
    assert not shows_the_page(browser)


def test_a_session_of_a_backend_that_is_not_used_any_more_signs_nobody_in(browser, settings):
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.RemoteUserBackend"]
    assert not shows_the_page(browser)


@pytest.mark.parametrize("engine", ["db", "cache", "cached_db", "signed_cookies", "file"])
def test_djangos_session_engines_work_too(client, alice, settings, tmp_path, engine):
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{engine}"
    settings.SESSION_FILE_PATH = str(tmp_path)
    assert import_module(settings.SESSION_ENGINE)
    client.force_login(alice)
    assert shows_the_page(client)
    client.post("/accounts/logout/")
    assert not shows_the_page(client)
