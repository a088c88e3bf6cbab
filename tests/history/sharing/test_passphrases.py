"""Shared links that ask for a passphrase."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from chatsite.accounts.models import SpentAttempts
from chatsite.history.sharing.passphrases import MAX_ATTEMPTS, hashed
from tests.history.sharing.conftest import body, response, shared

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators"),
]


PASSPHRASE = "correct horse"


def test_a_passphrase_is_asked_for_each_time_and_opens_the_page(talk):
    share = shared(talk, passphrase=hashed(PASSPHRASE))
    browser = Client(enforce_csrf_checks=True)
    asked = browser.get(share.get_absolute_url())
    assert "patience" not in body(asked) and "Bread" not in body(asked) and "passphrase" in body(asked)
    assert "patience" in body(browser.post(share.get_absolute_url(), {"passphrase": f" {PASSPHRASE} "}))
    assert "patience" not in body(browser.get(share.get_absolute_url()))


def test_a_wrong_passphrase_is_said_and_attempts_are_limited(talk):
    share = shared(talk, passphrase=hashed(PASSPHRASE))
    path = share.get_absolute_url()
    for _ in range(MAX_ATTEMPTS):
        wrong = Client().post(path, {"passphrase": "wrong"})
        assert wrong.status_code == 403 and "This passphrase is wrong." in body(wrong)
    late = Client().post(path, {"passphrase": PASSPHRASE})
    assert late.status_code == 429 and re.search(r"Try again in \d+ seconds", body(late))
    elsewhere = Client().post(path, {"passphrase": PASSPHRASE}, REMOTE_ADDR="10.1.2.3")
    assert "patience" in body(elsewhere)


def test_another_address_in_a_header_brings_no_further_attempts(talk):
    path = shared(talk, passphrase=hashed(PASSPHRASE)).get_absolute_url()
    for number in range(MAX_ATTEMPTS):
        Client().post(path, {"passphrase": "wrong"}, HTTP_X_FORWARDED_FOR=f"10.0.0.{number}")
    assert Client().post(path, {"passphrase": PASSPHRASE}, HTTP_X_FORWARDED_FOR="10.9.9.9").status_code == 429


def test_the_right_passphrase_uses_up_no_attempt(talk):
    path = shared(talk, passphrase=hashed(PASSPHRASE)).get_absolute_url()
    for _ in range(MAX_ATTEMPTS + 2):
        assert Client().post(path, {"passphrase": PASSPHRASE}).status_code == 200
    assert not SpentAttempts.objects.filter(until__gt=timezone.now()).exists()


def test_the_database_alone_reveals_no_link_and_no_passphrase(talk, settings):
    share = shared(talk, passphrase=hashed(PASSPHRASE))
    stored = [str(value) for value in vars(share).values()]
    assert not any(share.token in value or PASSPHRASE in value for value in stored)
    path = share.get_absolute_url()
    settings.SECRET_KEY = "another key of the site, which was changed since"
    share.refresh_from_db()
    assert not share.can_be_copied and response(path).status_code == 200
