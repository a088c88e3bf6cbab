"""A page that is open when its person signs out, changes their password, or is deactivated."""

import pytest
from channels.db import database_sync_to_async
from django.contrib.sessions.models import Session

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
