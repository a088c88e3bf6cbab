"""What every response says to the browser and to caches between."""

import gzip

import pytest

from chatsite.errors import MAX_LOGGED_HOSTS

STATIC = "/static/css/site.css"


@pytest.fixture(autouse=True)
def static_files(settings):
    settings.SERVESTATIC_USE_FINDERS = True


@pytest.mark.parametrize(
    "path", ["/", "/conversations/", "/conversations/list/", "/accounts/password/", "/admin/"]
)
def test_no_cache_keeps_a_page_with_conversations(client, admin_user, path):
    client.force_login(admin_user)
    assert "no-store" in client.get(path)["Cache-Control"]


async def test_static_files_may_be_cached(async_client, db):
    assert "max-age" in (await async_client.get(STATIC))["Cache-Control"]


async def test_no_other_site_can_read_static_files_and_they_load_nothing(async_client, db):
    response = await async_client.get(STATIC)
    assert response.status_code == 200 and "Access-Control-Allow-Origin" not in response
    assert "default-src 'none'" in response["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/accounts/login/", "/nowhere/", "/admin/login/"])
async def test_every_page_turns_off_what_no_page_uses(async_client, db, path):
    response = await async_client.get(path)
    assert "camera=()" in response["Permissions-Policy"]
    assert response["X-DNS-Prefetch-Control"] == "off"
    assert "Strict-Transport-Security" not in response


async def test_files_of_a_page_carry_no_headers_that_browsers_read_of_pages_alone(async_client, db):
    response = await async_client.get(STATIC)
    assert "Permissions-Policy" not in response and "X-DNS-Prefetch-Control" not in response


async def test_a_site_with_https_origins_alone_asks_browsers_for_https(async_client, db, settings):
    settings.SESSION_COOKIE_SECURE = True
    for path in ("/accounts/login/", STATIC):
        assert "max-age=31536000" in (await async_client.get(path))["Strict-Transport-Security"]


def test_a_page_keeps_its_own_policy(client, db):
    assert "script-src 'self'" in client.get("/accounts/login/")["Content-Security-Policy"]


@pytest.mark.parametrize(("debug", "has_policy"), [(False, True), (True, False)])
def test_a_page_that_is_not_found_has_the_policy_unless_it_is_djangos_own(
    client, db, settings, debug, has_policy
):
    settings.DEBUG = debug
    assert client.get("/nowhere/").has_header("Content-Security-Policy") is has_policy


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("characters", [100, 200_000])
async def test_pages_are_compressed(async_client, alice, conversation, characters):
    await conversation.messages.aupdate(text="y " * characters)
    await async_client.aforce_login(alice)
    response = await async_client.get(conversation.get_absolute_url(), headers={"Accept-Encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip" and response["Vary"].count("Accept-Encoding") == 1
    assert b"y y" in gzip.decompress(response.content)


def test_another_host_name_gets_a_page_and_one_log_line_that_name_the_setting(client, db, caplog):
    for _ in range(3):
        page = client.get("/accounts/login/", HTTP_HOST="chat.example:8000")
        assert page.status_code == 400
        assert "chat.example:8000" in page.content.decode() and "CHATSITE_HOSTS" in page.content.decode()
    lines = [record.getMessage() for record in caplog.records if "chat.example" in record.getMessage()]
    assert len(lines) == 1 and "CHATSITE_HOSTS" in lines[0]


def test_a_visitor_cannot_fill_the_log_with_host_names(client, db, caplog):
    for number in range(MAX_LOGGED_HOSTS * 2):
        client.get("/", HTTP_HOST=f"name{number}.example")
    assert len(caplog.records) <= MAX_LOGGED_HOSTS


def test_a_host_name_with_markup_is_shown_as_text(client, db):
    assert "<b>" not in client.get("/", HTTP_HOST="<b>evil</b>").content.decode()


def test_a_visitor_cannot_fill_the_log_with_forms_of_too_many_fields(client, db, caplog):
    fields = {f"field{number}": "1" for number in range(2000)}
    assert client.post("/accounts/login/", fields).status_code == 400
    assert caplog.records == []
