"""The page of a provider's test, and the model servers that the form knows."""

import pytest
from django.contrib.auth.models import Permission, User

from chatsite.providers.models import Provider
from chatsite.providers.presets import PRESETS
from tests.providers.forms import FIELDS, SECRET, stored

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "/admin/providers/provider/add/test/"


async def sent(client, url, **fields) -> str:
    response = await client.post(url, FIELDS | fields)
    if response.streaming:
        return "".join([part.decode() async for part in response.streaming_content])
    return response.content.decode()


@pytest.fixture
def admin(async_client):
    async_client.force_login(User.objects.create_superuser("root"))
    return async_client


async def test_a_provider_is_tested_as_the_form_says_and_nothing_is_saved(admin, server):
    seen = await sent(admin, NEW, base_url=server.base_url, new_key=SECRET)
    assert "test-model answers after" in seen and "ended by itself" in seen
    assert "Everything works." in seen and seen.rstrip().endswith("</html>")
    assert server.requests[0].headers["authorization"] == f"Bearer {SECRET}"
    assert SECRET not in seen and not await Provider.objects.aexists()


async def test_a_stored_key_is_used_when_none_is_typed(admin, server):
    provider = await Provider.objects.acreate(name="Mine", base_url=server.base_url, key=SECRET)
    seen = await sent(
        admin, f"/admin/providers/provider/{provider.pk}/change/test/", base_url=server.base_url
    )
    assert "Everything works." in seen
    assert server.requests[0].headers["authorization"] == f"Bearer {SECRET}"


async def test_a_stored_key_is_not_sent_to_another_server_by_a_test(admin, server):
    provider = await Provider.objects.acreate(name="Mine", base_url="http://127.0.0.1:9/v1", key=SECRET)
    await sent(admin, f"/admin/providers/provider/{provider.pk}/change/test/", base_url=server.base_url)
    assert server.requests and SECRET not in str([request.headers for request in server.requests])
    await provider.arefresh_from_db()
    assert provider.key.reveal() == SECRET


async def test_a_form_that_is_wrong_is_not_tested(admin, server):
    seen = await sent(admin, NEW, base_url="ftp://elsewhere")
    assert "Base URL: The base URL must begin with http" in seen and not server.requests


@pytest.mark.parametrize("permission", [None, "view_provider"])
def test_only_who_may_add_a_provider_may_test_one(client, permission):
    staff = User.objects.create_user("sam", is_staff=True)
    if permission:
        staff.user_permissions.add(Permission.objects.get(codename=permission))
    client.force_login(staff)
    assert client.post(NEW, FIELDS).status_code == 403


def test_who_is_not_staff_is_sent_to_sign_in(client, alice):
    assert client.post(NEW, FIELDS).status_code == 302
    client.force_login(alice)
    assert client.post(NEW, FIELDS).status_code == 302


def test_an_address_alone_tests_nothing(client):
    assert client.get(NEW).status_code == 405


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.slug)
def test_choosing_a_known_server_fills_the_form(client, preset):
    client.force_login(User.objects.create_superuser("root"))
    page = client.get(f"/admin/providers/provider/add/?preset={preset.slug}")
    form = page.context["adminform"].form
    assert form.initial.get("base_url", "") == preset.base_url
    assert preset.hint in page.content.decode().replace("&#x27;", "'")


def test_an_existing_provider_offers_no_other_servers(client):
    client.force_login(User.objects.create_superuser("root"))
    page = client.get(f"/admin/providers/provider/{stored().pk}/change/").content.decode()
    assert "Which model server is it?" not in page and "change/test/" in page
