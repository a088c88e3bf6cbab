"""How often a password can be tried, at the site's own page and at the admin's."""

import logging
import re
import time
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from chatsite.accounts.attempts import (
    ADDRESS_ATTEMPT_SECONDS,
    MAX_ADDRESS_ATTEMPTS,
    MAX_NAME_ATTEMPTS,
    NAME_ATTEMPT_SECONDS,
    VERIFYING,
)
from chatsite.accounts.models import Allowance, SpentAttempts

PAGES = ["/accounts/login/", "/admin/login/"]
ON_EACH_PAGE = pytest.mark.parametrize("path", PAGES)


def sign_in(path: str = PAGES[0], name="alice", password="wrong", browser=None, **meta: str):
    return (browser or Client()).post(path, {"username": name, "password": password}, **meta)


def is_refused(response) -> bool:
    return "Too many attempts to sign in. Try again in" in response.content.decode()


def attributes(response) -> list:
    """Of both fields: whether they are called wrong, and what describes them."""
    inputs = re.findall(r'<input type="(?:text|password)".*?>', response.content.decode())
    return [("aria-invalid" in field, 'aria-describedby="refusal"' in field) for field in inputs]


@pytest.fixture
def alice(alice):
    alice.is_staff = True
    alice.save()
    return alice


@ON_EACH_PAGE
def test_after_some_wrong_passwords_the_right_one_must_wait_and_the_page_says_how_long(alice, path):
    assert not any(is_refused(sign_in(path)) for _ in range(MAX_NAME_ATTEMPTS))
    refused = sign_in(path, password="alice's password")
    assert re.search(r"Try again in (2\d|30) seconds\.", refused.content.decode())


def test_both_pages_share_the_allowance(alice):
    for _ in range(MAX_NAME_ATTEMPTS):
        sign_in(PAGES[1])
    assert is_refused(sign_in(PAGES[0]))


def test_an_attempt_comes_back_with_time(alice):
    for _ in range(MAX_NAME_ATTEMPTS):
        sign_in()
    SpentAttempts.objects.update(until=timezone.now() + timedelta(seconds=119))
    assert sign_in(password="alice's password").status_code == 302


def test_a_mistyped_password_or_two_cost_nothing_afterwards(alice):
    for _ in range(10):
        assert not is_refused(sign_in())
        assert sign_in(password="alice's password").status_code == 302


def test_a_stranger_elsewhere_cannot_lock_anybody_out(alice):
    for _ in range(MAX_NAME_ATTEMPTS + 1):
        refused = sign_in(REMOTE_ADDR="203.0.113.7")
    assert is_refused(refused)
    assert sign_in(password="alice's password").status_code == 302


def test_a_stranger_at_the_same_address_cannot_lock_out_a_browser_that_has_signed_in_before(alice):
    hers = Client()
    sign_in(password="alice's password", browser=hers)
    hers.post("/accounts/logout/")
    for number in range(MAX_ADDRESS_ATTEMPTS + 1):
        sign_in()
        sign_in(name=f"name{number}")
    assert is_refused(sign_in(name="bob"))
    assert sign_in(password="alice's password", browser=hers).status_code == 302


def test_a_browser_that_is_known_has_no_more_attempts_than_another(alice):
    hers = Client()
    sign_in(password="alice's password", browser=hers)
    hers.post("/accounts/logout/")
    assert [is_refused(sign_in(browser=hers)) for _ in range(MAX_NAME_ATTEMPTS + 1)][-1]


def test_a_browser_of_one_name_is_none_of_another(alice, bob):
    his = Client()
    sign_in(name="bob", password="bob's password", browser=his)
    his.post("/accounts/logout/")
    for _ in range(MAX_NAME_ATTEMPTS):
        sign_in(browser=his)
    assert is_refused(sign_in())


@ON_EACH_PAGE
def test_one_address_cannot_try_one_name_after_the_other(alice, path):
    begun = time.monotonic()
    tried = next(number for number in range(500) if is_refused(sign_in(path, name=f"name{number}")))
    came_back = (time.monotonic() - begun) / ADDRESS_ATTEMPT_SECONDS
    assert MAX_ADDRESS_ATTEMPTS <= tried <= MAX_ADDRESS_ATTEMPTS + came_back
    assert is_refused(sign_in(path, password="alice's password"))


def test_the_log_names_who_was_tried_and_from_where(alice, caplog):
    sign_in(name="alice\n2026-01-01 WARNING forged", REMOTE_ADDR="203.0.113.7")
    (record,) = [record for record in caplog.records if record.name == "chatsite.accounts.attempts"]
    assert record.levelno == logging.WARNING
    assert "203.0.113.7" in record.getMessage() and "\n" not in record.getMessage()


def test_what_a_long_list_of_addresses_leaves_is_deleted(alice):
    long_ago = timezone.now() - timedelta(minutes=1)
    SpentAttempts.objects.bulk_create(SpentAttempts(key=str(n), until=long_ago) for n in range(500))
    sign_in(REMOTE_ADDR="203.0.113.7")
    assert SpentAttempts.objects.count() == 2


def test_a_clock_that_was_set_back_locks_nobody_out_for_long(db):
    allowance = Allowance("key", attempts=5, seconds=30)
    SpentAttempts.objects.create(key="key", until=timezone.now() + timedelta(days=1))
    assert SpentAttempts.objects.take([allowance], timezone.now()) <= 30


def test_a_refused_attempt_spends_nothing_of_any_allowance(db):
    now = timezone.now()
    one, many = Allowance("one", 1, 30), Allowance("many", 2, 30)
    assert SpentAttempts.objects.take([one, many], now) == 0
    assert [SpentAttempts.objects.take([one, many], now) for _ in range(3)] == [30.0] * 3
    assert SpentAttempts.objects.take([many], now) == 0


@pytest.mark.django_db(transaction=True)
def test_attempts_at_once_are_counted_one_by_one(alice):
    begun = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        refused = list(pool.map(lambda _: in_thread(lambda: is_refused(sign_in())), range(12)))
    came_back = (time.monotonic() - begun) / NAME_ATTEMPT_SECONDS
    assert MAX_NAME_ATTEMPTS <= refused.count(False) <= MAX_NAME_ATTEMPTS + came_back


@pytest.mark.django_db(transaction=True)
def test_passwords_are_verified_one_at_a_time(alice):
    with ThreadPoolExecutor() as pool:
        with VERIFYING:
            waiting = pool.submit(in_thread, lambda: sign_in(password="alice's password"))
            assert not wait([waiting], timeout=0.5).done
        assert waiting.result(60).status_code == 302


def in_thread(work):
    """A thread's connection is its own, and is closed with it."""
    try:
        return work()
    finally:
        connection.close()


def test_a_refused_sign_in_is_said_of_both_fields(alice):
    assert attributes(Client().get(PAGES[0])) == [(False, False)] * 2
    refused = sign_in()
    assert attributes(refused) == [(True, True)] * 2
    assert 'id="refusal"' in refused.content.decode()


def test_fields_are_not_called_wrong_where_the_attempts_are_too_many(alice):
    for _ in range(MAX_NAME_ATTEMPTS):
        sign_in()
    assert attributes(sign_in()) == [(False, True)] * 2
