"""What the pages of errors show in debug mode."""

import sys
from uuid import uuid4

import pytest
from django.views.debug import technical_500_response

from chatsite.errors import SecretsHidden


def fail(form) -> None:
    typed = form["new_key"]
    raise ValueError(f"{len(typed)} characters")


@pytest.mark.parametrize("field", ["header_values", "password1", "passphrase", "new_key"])
def test_a_secret_that_was_typed_is_not_on_the_page_of_an_error(rf, settings, field):
    settings.DEBUG = True
    secret = uuid4().hex
    request = rf.post("/", {"new_key": "other", "name": "Mine", field: secret})
    try:
        fail(request.POST)
    except ValueError:
        page = technical_500_response(request, *sys.exc_info()).content.decode()
    assert secret not in page
    assert "Mine" in page and "ValueError" in page


def test_passwords_in_addresses_of_other_servers_are_not_on_the_page_of_an_error(settings):
    settings.PROXY = "http://user:mysecret@proxy.example"
    settings.CHANNEL_LAYERS = {"default": {"CONFIG": {"hosts": ["redis://:mysecret@redis.example"]}}}
    shown = SecretsHidden().get_safe_settings()
    assert "mysecret" not in str(shown) and "PROXY" in shown


@pytest.mark.parametrize(
    "path",
    ["/conversations/act/", "/conversations/00000000-0000-4000-8000-000000000000/send/", "/admin/logout/"],
)
def test_an_address_of_a_form_that_is_opened_as_a_page_says_so(client, admin_user, path):
    client.force_login(admin_user)
    response = client.get(path)
    assert response.status_code == 405 and "POST" in response["Allow"]
    assert "only accepts forms" in response.content.decode()
