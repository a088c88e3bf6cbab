"""Keys and headers of providers: kept, never shown, and sent to no other server."""

import json
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User

from chatsite.home import new_field_key
from chatsite.providers.header_field import MASK
from chatsite.providers.models import Provider
from tests.providers.forms import NOWHERE, SECRET, page, save, send, stored

# What is saved is asked by a thread of its own, which sees only what is committed.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("new_key", "sk-ключ", "The API key has characters that cannot be sent"),
        ("new_key", "sk-one\nsk-two", "The API key has characters that cannot be sent"),
        ("header_values", '{"Two words": "x"}', "A header's name can have letters, digits and signs"),
        ("header_values", '{"X-Team": "blue\\nX-Other: red"}', "X-Team must be a text of one line"),
        ("header_values", '{"X-Team": 7}', "Write an object of texts"),
        ("header_values", '["X-Team"]', "Write an object of texts"),
        ("header_values", f'{{"X-Team": {"9" * 5000}}}', "Write an object of texts"),
        ("header_values", '{"Host": "elsewhere"}', "The header Host is set by the site itself."),
        ("header_values", f'{{"X-Team": "{MASK}"}}', "The header X-Team has no stored value; type it."),
    ],
)
def test_a_key_or_header_that_cannot_be_sent_is_refused_in_the_form(admin, name, typed, words):
    (error,) = save(admin, base_url=NOWHERE, **{name: typed})
    assert words in error
    assert not Provider.objects.exists()


REFUSED = {
    "the address is wrong": {"base_url": "ftp://elsewhere"},
    "a value has a line break": {"header_values": '{"X-Token": "HEADERSECRET\\nX"}'},
    "the headers are not an object": {"header_values": '{"X-Token": "HEADERSECRET"'},
    "the headers are a list": {"header_values": '["HEADERSECRET"]'},
    "name and value are mixed up": {"header_values": '{"Bearer HEADERSECRET": "X-Token"}'},
}


@pytest.mark.parametrize("wrong", REFUSED.values(), ids=REFUSED.keys())
def test_what_was_typed_as_a_secret_is_not_shown_by_a_form_that_is_refused(admin, wrong):
    typed = {"new_key": SECRET, "header_values": '{"X-Token": "HEADERSECRET"}', "base_url": NOWHERE} | wrong
    seen = send(admin, **typed).content.decode()
    assert not Provider.objects.exists()
    assert not re.search("SECRET|5678|abcdef", seen)
    assert "The key that you typed is not shown again." in seen
    assert "Values that you typed are not shown again. Type again what you want to store." in seen


def test_a_form_that_is_refused_keeps_the_names_of_headers_and_wants_their_values(admin):
    provider = stored(headers={"X-Old": "HEADERSECRET"})
    typed = f'{{"X-Old": "{MASK}", "X-Token": "HEADERSECRET"}}'
    response = send(admin, provider, header_values=typed, priority="x")
    shown = response.context["adminform"].form["header_values"].value()
    assert json.loads(shown) == {"X-Old": MASK, "X-Token": ""}
    (error,) = save(admin, provider, header_values=shown)
    assert error == "The header X-Token has no stored value; type it."


def test_a_form_without_secrets_says_nothing_of_them(admin):
    seen = send(admin, base_url="ftp://elsewhere").content.decode()
    assert "not shown again" not in seen


@pytest.mark.parametrize(
    "name", ["Authorization", "api-key", "X-Api-Key", "x-goog-api-key", "Ocp-Apim-Subscription-Key"]
)
def test_a_header_that_carries_a_key_is_taken_and_the_field_of_the_key_is_named(admin, name):
    notes = save(admin, base_url=NOWHERE, header_values=f'{{"{name}": "HEADERSECRET"}}', enabled="")
    assert any(f"{name}: for a key use the field API key" in note for note in notes)
    provider = Provider.objects.get()
    assert provider.headers == {name: "HEADERSECRET"}
    assert f"{name}: for a key use the field API key" in page(admin, provider)


def test_other_headers_are_taken_without_a_hint(admin):
    notes = save(admin, base_url=NOWHERE, header_values='{"X-Team": "blue", "X-Keyboard": "a"}', enabled="")
    assert not any("field API key" in note for note in notes)


@pytest.mark.parametrize("value", ["blue\\nX-Other: red", "blue\\r", "gr\\u00fcn", "\\u4f60", "\\u0000"])
def test_a_value_that_no_header_can_carry_is_refused_with_a_sentence(admin, value):
    (error,) = save(admin, base_url=NOWHERE, header_values=f'{{"X-Team": "{value}"}}')
    assert error == "The value of the header X-Team must be a text of one line, of ASCII characters."


def test_a_key_is_shown_in_no_page_and_in_no_history(admin, server):
    save(admin, base_url=server.base_url, new_key=SECRET, header_values='{"X-Token": "HEADERSECRET"}')
    provider = Provider.objects.get()
    history = admin.get(f"/admin/providers/provider/{provider.pk}/history/").content.decode()
    listing = admin.get("/admin/providers/provider/").content.decode()
    seen = page(admin, provider) + history + listing + str(list(LogEntry.objects.values()))
    assert "X-Token" in seen and MASK in page(admin, provider)
    assert not re.search("SECRET|5678|abcdef", seen)


def test_staff_who_may_only_look_see_no_header_and_no_key(client, django_user_model):
    provider = stored(key=SECRET, headers={"X-Token": "HEADERSECRET"})
    staff = User.objects.create_user("sam", is_staff=True)
    staff.user_permissions.add(Permission.objects.get(codename="view_provider"))
    client.force_login(staff)
    seen = page(client, provider)
    assert "X-Token" in seen and "stored" in seen
    assert not re.search("SECRET|5678", seen)


def test_saving_without_typing_keeps_key_and_headers(admin):
    provider = stored(key=SECRET, headers={"X-Token": "HEADERSECRET", "X-Gone": "old"})
    save(
        admin,
        provider,
        header_values=f'{{"X-Token": "{MASK}", "X-Team": "blue"}}',
        base_url=f"{NOWHERE}/other",
    )
    provider.refresh_from_db()
    assert provider.key.reveal() == SECRET
    assert provider.headers == {"X-Token": "HEADERSECRET", "X-Team": "blue"}


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1:9/v1", "http://evil.example:9/v1", "http://127.0.0.1:10/v1"]
)
def test_a_key_does_not_follow_a_provider_to_another_server(admin, url):
    provider = stored(key=SECRET, headers={"X-Token": "HEADERSECRET"})
    notes = save(admin, provider, base_url=url, header_values=f'{{"X-Token": "{MASK}"}}', enabled="")
    provider.refresh_from_db()
    assert (provider.base_url, provider.key.reveal(), provider.headers) == (url, "", {})
    assert any("the API key, the header X-Token" in note for note in notes)


def test_a_key_that_is_typed_again_goes_to_the_new_server(admin, server):
    provider = stored(key=SECRET)
    save(admin, provider, base_url=server.base_url, new_key="sk-typed-again")
    assert server.other_requests[0].headers["authorization"] == "Bearer sk-typed-again"


def test_a_key_is_never_sent_to_the_server_that_it_was_led_to(admin, server):
    save(admin, stored(key=SECRET, headers={"X-Token": "HEADERSECRET"}), base_url=server.base_url,
         header_values=f'{{"X-Token": "{MASK}"}}')  # fmt: skip
    assert server.other_requests
    assert "SECRET" not in str([request.headers for request in server.other_requests])


@pytest.mark.parametrize(
    "lookup",
    [
        "key",
        "key__startswith",
        "key__regex",
        "headers_json__startswith",
        "headers_json__isnull",
    ],
)
def test_staff_cannot_guess_a_secret_by_filtering_the_list(client, lookup):
    stored(key=SECRET, headers={"X-A": SECRET})
    staff = User.objects.create_user("staff", is_staff=True)
    staff.user_permissions.add(Permission.objects.get(codename="view_provider"))
    client.force_login(staff)
    for guess in (SECRET[:8], "nothing"):
        response = client.get("/admin/providers/provider/", {lookup: guess})
        assert response.status_code == 400 and "Mine" not in response.content.decode()


def test_a_key_can_be_read_from_a_variable_of_the_environment(admin, server, settings):
    settings.PROVIDER_KEYS = {"CHATSITE_KEY_MINE": "sk-of-the-environment"}
    save(admin, base_url=server.base_url, key_variable="CHATSITE_KEY_MINE")
    provider = Provider.objects.get()
    assert (provider.key_variable, provider.key.reveal()) == ("CHATSITE_KEY_MINE", "")
    assert server.other_requests[0].headers["authorization"] == "Bearer sk-of-the-environment"
    assert "sk-of-the-environment" not in page(admin, provider)


def test_choosing_a_variable_forgets_the_stored_key(admin, settings):
    settings.PROVIDER_KEYS = {"CHATSITE_KEY_MINE": "sk-of-the-environment"}
    provider = stored(key=SECRET)
    save(admin, provider, key_variable="CHATSITE_KEY_MINE", enabled="")
    assert not Provider.objects.get().key


def test_a_key_and_a_variable_at_once_are_refused(admin, settings):
    settings.PROVIDER_KEYS = {"CHATSITE_KEY_MINE": "sk-of-the-environment"}
    (error,) = save(admin, base_url=NOWHERE, new_key=SECRET, key_variable="CHATSITE_KEY_MINE")
    assert error == "Type a key or choose a variable, not both."


def test_only_variables_that_were_set_for_this_can_be_chosen(admin, settings):
    settings.PROVIDER_KEYS = {"CHATSITE_KEY_MINE": "sk-of-the-environment"}
    (error,) = save(admin, base_url=NOWHERE, key_variable="CHATSITE_SECRET_KEY")
    assert "Select a valid choice" in error


def test_a_variable_does_not_follow_a_provider_to_another_server(admin, settings):
    settings.PROVIDER_KEYS = {"CHATSITE_KEY_MINE": "sk-of-the-environment"}
    provider = stored(key_variable="CHATSITE_KEY_MINE")
    notes = save(
        admin, provider, base_url="https://evil.example/v1", key_variable="CHATSITE_KEY_MINE", enabled=""
    )
    assert Provider.objects.get().key_variable == ""
    assert any("the variable of the API key" in note for note in notes)


def test_a_variable_that_is_not_set_any_more_is_said(admin):
    provider = stored(key_variable="CHATSITE_KEY_GONE")
    seen = page(admin, provider)
    assert "CHATSITE_KEY_GONE (not set now)" in seen
    assert "CHATSITE_KEY_GONE is not set in the site&#x27;s environment." in seen


def test_secrets_of_another_field_key_are_said_and_can_be_typed_again(admin, settings):
    provider = stored(key=SECRET, headers={"X-Token": "HEADERSECRET"})
    settings.FIELD_KEYS = [new_field_key()]
    seen = page(admin, provider)
    assert "cannot be decrypted" in seen
    save(admin, provider, new_key="sk-again", header_values="{}", enabled="")
    provider.refresh_from_db()
    assert (provider.key.reveal(), provider.headers) == ("sk-again", {})
