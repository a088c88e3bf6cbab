"""No page of the admin leads people where they are refused."""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from chatsite.conversations.models import Conversation
from chatsite.providers.models import Model, Provider
from tests.harness.seed_admin import admin_rows

REFUSED = {403, 405, 500}
NOT_FOLLOWED = ("/logout/", "/jsi18n/")


class Leads(HTMLParser):
    """Where a page leads: the addresses of its links, and of its forms that have a button."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[str] = []
        self._form: str | None = None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])
        elif tag == "form":
            self._form = (values.get("action") or "") if values.get("method") == "post" else None
        elif values.get("formaction"):
            self.forms.append(values["formaction"])
        elif self._form is not None and not values.get("form") and _is_button(tag, values):
            self.forms.append(self._form)

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None


def _is_button(tag, values) -> bool:
    return tag == "button" or tag == "input" and values.get("type") == "submit"


def refusals(client: Client) -> list[tuple[str, str]]:
    """Follow all links from the first page, one of each kind, and press a button of each form; return the pages and
    where they lead to a refusal."""
    found, done, waiting = [], set(), [("", "/admin/")]
    while waiting:
        source, url = waiting.pop()
        if (kind := re.sub(r"\d+", "1", url.partition("?")[0])) in done:
            continue
        done.add(kind)
        response = client.get(url)
        if response.status_code in REFUSED:
            found.append((source, url))
        elif "html" in response.headers.get("Content-Type", ""):
            leads = Leads(response.content.decode())
            forms = {_address(url, form).partition("?")[0] for form in leads.forms}
            found += [(url, form) for form in forms if _is_own(form) and _refuses(client, form)]
            waiting += [(url, there) for link in leads.links if _is_own(there := _address(url, link))]
    return found


def _address(page: str, link: str) -> str:
    return urljoin(page, link).partition("#")[0]


def _is_own(url: str) -> bool:
    parts = urlsplit(url)
    return not parts.netloc and parts.path.startswith("/admin/") and not parts.path.endswith(NOT_FOLLOWED)


def _refuses(client: Client, form: str) -> bool:
    return client.post(form).status_code in REFUSED


@pytest.fixture
def staff(db):
    """Sign in a person with these permissions, on a site with one of each thing."""
    provider = Provider.objects.create(name="One", base_url="http://127.0.0.1:9/v1")
    Model.objects.create(provider=provider, name="test-model")
    admin_rows()

    def staff(permissions) -> Client:
        person = User.objects.create(username="mallory", is_staff=True)
        person.user_permissions.set(permissions)
        client = Client(raise_request_exception=False)
        client.force_login(person)
        return client

    return staff


@pytest.mark.parametrize("verbs", ["view", "change", "add view"])
def test_who_may_do_only_this_is_led_to_no_refusal(verbs, staff):
    every = Permission.objects.all()
    assert refusals(staff([each for each in every if each.codename.partition("_")[0] in verbs.split()])) == []


@pytest.mark.parametrize("name", ["view_completion", "view_conversation", "view_message", "change_model"])
def test_who_may_see_one_kind_of_object_alone_is_led_to_no_refusal(name, staff):
    assert refusals(staff(Permission.objects.filter(codename=name))) == []


def test_what_is_not_linked_is_named(staff):
    client = staff(Permission.objects.filter(codename="view_conversation"))
    page = client.get(
        f"/admin/conversations/conversation/{Conversation.objects.get().pk}/change/"
    ).content.decode()
    assert "charles.babbage" in page and "/admin/auth/user/" not in page
