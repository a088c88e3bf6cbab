"""The admin's first page: the steps that remain, and the figures of today."""

import pytest
from django.contrib.auth.models import Permission, User
from django.utils import timezone

from chatsite.accounts.models import Invitation
from chatsite.audit.recording import record
from chatsite.conversations.models import Conversation
from chatsite.operations.backups.making import MADE
from chatsite.prompts.models import SystemPrompt
from chatsite.providers.models import Model, Provider
from chatsite.usage.ledger import Use, add
from tests.conversations.test_live_board import running

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client) -> User:
    owner = User.objects.create_superuser("owner")
    client.force_login(owner)
    return owner


def index(client, **headers) -> str:
    return client.get("/admin/", **headers).content.decode()


def remaining(page: str) -> list[str]:
    marked = page.split('<li class="open">')[1:]
    return [each.split("</a>")[0].rsplit(">", 1)[1] for each in marked]


def connect(name="Mine", origin="admin") -> Provider:
    provider = Provider.objects.create(name=name, base_url="http://h/v1", origin=origin)
    Model.objects.create(provider=provider, name=f"model of {name}")
    return provider


def test_a_new_owner_sees_every_step_with_its_link(client, owner):
    page = index(client)
    assert remaining(page) == [
        "Set a password",
        "Connect a model",
        "Ask it something",
        "Write the first system prompt",
        "Let people in",
        "Use https",
        "Make a backup",
        "Ask the doctor",
        "Limit what people use",
    ]
    assert "Getting started: 0 of 9 done" in page
    for url in ("/accounts/password/", "/admin/providers/provider/add/", "/admin/accounts/invitation/add/"):
        assert f'href="{url}"' in page and client.get(url).status_code == 200


def test_the_demo_counts_as_no_model(client, owner):
    connect("Demo", "demo")
    assert "Connect a model" in remaining(index(client))


def test_a_draft_is_no_first_system_prompt(client, owner):
    prompt = SystemPrompt.objects.create(name="Neutral")
    prompt.draft("You help.")
    assert "Write the first system prompt" in remaining(index(client))
    prompt.publish("You help.")
    assert "Write the first system prompt" not in remaining(index(client))


def test_the_form_of_a_limit_proposes_a_cost(client, owner):
    link = "/admin/usage/limit/add/?cost_a_month=5"
    assert f'href="{link}"' in index(client)
    assert client.get(link).context["adminform"].form.initial["cost_a_month"] == "5"


def test_each_step_is_done_when_the_site_is_so(client, owner, alice):
    owner.set_password("a long enough pass phrase")
    owner.save()
    client.force_login(owner)
    provider = connect()
    completion = running(alice)
    type(completion).objects.update(status="complete", provider=provider)
    SystemPrompt.objects.create(name="Neutral").publish("You help.")
    assert remaining(index(client)) == [
        "Use https",
        "Make a backup",
        "Ask the doctor",
        "Limit what people use",
    ]


def test_the_list_goes_away_when_what_a_site_needs_is_done(client, owner, alice, settings):
    owner.set_password("a long enough pass phrase")
    owner.save()
    client.force_login(owner)
    completion = running(alice)
    type(completion).objects.update(status="complete", provider=connect())
    SystemPrompt.objects.create(name="Neutral").publish("You help.")
    settings.CSRF_TRUSTED_ORIGINS = ["https://chat.example"]
    record(MADE, name="backup.tar.gz", after={"bytes": 1, "conversations": 0})
    page = index(client)
    assert "Getting started" not in page
    # What must be put right is still said.
    assert 'href="/admin/doctor/">Doctor</a>: People use testserver without https' in page
    settings.SESSION_COOKIE_SECURE = True
    assert "without https" not in index(client)


@pytest.mark.parametrize(
    ("host", "asked"), [("localhost:8000", False), ("127.0.0.1", False), ("chat.example", True)]
)
def test_a_site_that_others_reach_by_name_is_told_the_exact_line(client, owner, settings, host, asked):
    settings.ALLOWED_HOSTS = ["*"]
    page = index(client, headers={"Host": host})
    assert ("CHATSITE_ORIGINS=https://chat.example" in page) == asked
    assert ("CHATSITE_TRUSTED_PROXIES" in page) == ('href="/admin/environment/">Use https' in page) == asked


def test_the_doctors_step_says_the_sentence_that_matters(client, owner):
    assert "No model is offered to anybody." in index(client)


def test_an_invitation_lets_people_in(client, owner):
    Invitation.objects.create(token_hash="x", expires=timezone.now())
    assert "Let people in" not in remaining(index(client))


def test_the_page_shows_what_happens_today(client, owner, alice):
    for failed in (False, False, True):
        add(Use(alice.pk, "large", failed=failed))
    running(alice)
    page = index(client)
    assert "3 answers</a>" in page and "1 failed" in page and "1 answer</a>" in page
    assert Conversation.objects.count() == 1


def test_staff_see_only_figures_that_they_may_see(client, alice):
    staff = User.objects.create_user("sam", is_staff=True)
    client.force_login(staff)
    assert "Today:" not in index(client) and "Getting started" not in index(client)
    staff.user_permissions.add(Permission.objects.get(codename="view_usageday"))
    assert "Today:" in index(client) and "being written" not in index(client)


def test_the_pages_of_the_whole_site_are_above_the_list_that_floats(client):
    client.force_login(User.objects.create_superuser("root"))
    page = client.get("/admin/").content.decode()
    assert page.index('class="site-pages"') < page.index('id="content-main"')
