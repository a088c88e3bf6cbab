"""A page that is open when its person signs out, changes their password, or is deactivated."""

import pytest
from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import AsyncClient

from chatsite.conversations.models import Message

pytestmark = pytest.mark.django_db(transaction=True)


@database_sync_to_async
def sign_out(user):
    Session.objects.all().delete()


@database_sync_to_async
def change_password(user):
    user.set_password("another password")
    user.save()


@database_sync_to_async
def deactivate(user):
    user.is_active = False
    user.save()


@pytest.mark.parametrize("what_happens", [sign_out, change_password, deactivate])
async def test_the_page_is_closed_within_five_seconds(alice, bob, open_page, what_happens):
    bobs = await open_page(bob) if what_happens is not sign_out else None
    page = await open_page(alice)
    await what_happens(alice)
    assert (await page.communicator.receive_output(timeout=5))["code"] == 4401
    assert bobs is None or await bobs.communicator.receive_nothing()


async def test_the_page_of_a_person_who_stays_stays_open(alice, open_page):
    page = await open_page(alice)
    assert await page.communicator.receive_nothing(timeout=4.5)


async def in_the_browser(user) -> tuple[AsyncClient, SessionStore]:
    browser = AsyncClient()
    await browser.aforce_login(user)
    session = SessionStore(browser.cookies[settings.SESSION_COOKIE_NAME].value)
    await session.ahas_key("_auth_user_id")  # reads it
    return browser, session


async def test_a_sign_out_closes_the_pages_of_that_browser_at_once(alice, bob, open_page):
    browser, session = await in_the_browser(alice)
    page, other = await open_page(alice, session=session), await open_page(alice)
    await browser.post("/accounts/logout/")
    assert (await page.communicator.receive_output(timeout=0.5))["code"] == 4401
    assert await other.communicator.receive_nothing(timeout=0.2)


async def test_an_admin_who_deactivates_a_person_closes_their_pages_at_once(alice, admin_user, open_page):
    page = await open_page(alice)
    browser, _ = await in_the_browser(admin_user)
    form = {"username": "alice", "date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    saved = await browser.post(f"/admin/auth/user/{alice.pk}/change/", form)
    assert saved.status_code == 302
    assert (await page.communicator.receive_output(timeout=0.5))["code"] == 4401


@pytest.mark.parametrize("what_happens", [sign_out, change_password, deactivate])
async def test_no_message_is_taken_after_that_whichever_worker_it_happened_on(
    alice, provider, open_page, what_happens
):
    page = await open_page(alice)
    await what_happens(alice)
    message = await page.ask("Do I still get an answer?")
    error = await page.until("error")
    assert (error["code"], error["ref"]) == ("signed_out", message)
    assert (await page.communicator.receive_output(timeout=0.5))["code"] == 4401
    assert await Message.objects.acount() == 0
