"""Who opens a page; and a page that is open when its person signs out, changes their password, or is deactivated."""

from datetime import timedelta

import pytest
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import AsyncClient
from django.utils import timezone

from chatsite.asgi import application
from chatsite.conversations.models import Message
from chatsite.runs.process import PROCESS

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


async def first_from_the_site(browser: AsyncClient) -> dict:
    """What a page of this browser is sent first, by the whole site."""
    cookie = f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"
    headers = [(b"host", b"localhost"), (b"cookie", cookie.encode())]
    page = WebsocketCommunicator(application, "/ws/me/", headers)
    await page.connect()
    first = await page.receive_output(timeout=5)
    await page.disconnect()
    await PROCESS.reset()
    return first


async def test_a_page_is_opened_with_the_browsers_cookie(alice):
    browser, _ = await in_the_browser(alice)
    assert "person.opened" in (await first_from_the_site(browser))["text"]


@database_sync_to_async
def expire(user):
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))


@database_sync_to_async
def forge(user):
    Session.objects.update(session_data=f"_auth_user_id:{user.pk}")


@pytest.mark.parametrize("what_happened", [sign_out, change_password, deactivate, expire, forge])
async def test_no_page_is_opened_after_that(alice, what_happened):
    browser, _ = await in_the_browser(alice)
    await what_happened(alice)
    first = await first_from_the_site(browser)
    assert (first["type"], first["code"]) == ("websocket.close", 4401)


@pytest.mark.parametrize("engine", ["cached_db", "signed_cookies", "file"])
async def test_pages_open_whatever_keeps_the_sessions(alice, settings, tmp_path, engine):
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{engine}"
    settings.SESSION_FILE_PATH = str(tmp_path)
    browser = AsyncClient()
    await browser.aforce_login(alice)
    assert "person.opened" in (await first_from_the_site(browser))["text"]
