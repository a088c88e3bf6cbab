"""Providers and models as an admin sees and changes them."""

import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.utils import timezone

from chatsite.audit.models import Event
from chatsite.providers.discovery import connect
from chatsite.providers.models import MadeBy, Model, Provider
from chatsite.providers.schedule import ASKED_ONCE
from chatsite.providers.serving import default_for
from tests.providers.forms import NOWHERE, SECRET, TIMES, asked, model_form, offered, page, save, send, stored

# What is saved is asked by a thread of its own, which sees only what is committed.
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_provider_that_is_saved_is_asked_at_once(admin, server):
    connect()
    notes = save(admin, base_url=server.base_url, new_key=SECRET)
    assert any("Asking Mine for models." in note for note in notes)
    assert offered() == ["test-model"]
    assert server.other_requests[0].headers["authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize("url", ["http://ollama:11434/v1", "http://my_server/v1", "http://10.0.0.7:8080/v1"])
def test_an_address_of_a_home_network_is_taken(admin, url):
    save(admin, base_url=url, enabled="")
    assert Provider.objects.get().base_url == url


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://ann:pw@ollama/v1", "name or password"),
        ("http://ollama/v1?version=1", "end before a"),
        ("http://ollama/v1/chat/completions", "end before “/chat/completions”"),
        ("ftp://ollama/v1", "begin with http"),
        ("http://ol lama/v1", "blanks"),
    ],
)
def test_an_address_that_cannot_work_is_refused_at_its_field(admin, url, reason):
    assert reason in " ".join(save(admin, base_url=url))
    assert not Provider.objects.exists()


def test_no_page_waits_for_a_server_and_everybody_else_can_write(admin, silent):
    response = send(admin, base_url=silent, total_timeout=3)
    assert [thread.name for thread in threading.enumerate()].count(ASKED_ONCE) == 1
    User.objects.create_user("bob")
    assert "Asking Mine for models." in response.content.decode()
    listing = admin.get("/admin/providers/provider/").content.decode()
    assert "asked for its models" in listing
    asked()
    listing = admin.get("/admin/providers/provider/").content.decode()
    assert "The model server did not begin to answer" in listing or "does not answer" in listing


def test_what_the_environment_sets_is_only_shown(admin, settings, server):
    settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY = server.base_url, SECRET
    connect()
    provider = Provider.objects.get()
    seen = page(admin, provider)
    assert "set by OPENAI_API_KEY" in seen and "set by OPENAI_BASE_URL" in seen
    assert 'name="new_key"' not in seen and 'name="base_url"' not in seen
    save(admin, provider, base_url=NOWHERE, new_key="sk-other")
    provider.refresh_from_db()
    assert (provider.base_url, provider.key.reveal(), provider.api_key) == (server.base_url, "", SECRET)


def test_a_provider_of_the_environment_that_is_switched_off_stays_off(admin, settings, server):
    settings.OPENAI_BASE_URL = server.base_url
    connect()
    save(admin, Provider.objects.get(), enabled="")
    connect()
    assert offered() == []


def test_the_list_of_providers_says_how_each_is(admin, server):
    save(admin, base_url=server.base_url)
    save(admin, name="Away", base_url=NOWHERE)
    listing = admin.get("/admin/providers/provider/").content.decode()
    assert "1 model. Asked" in listing
    assert "The model server cannot be reached. Asked" in listing


def test_it_is_said_that_models_can_be_added_by_hand(admin, server):
    server.reply(body="<html>", path="/v1/models")
    notes = save(admin, base_url=server.base_url)
    assert any("can be added by hand" in note for note in notes)


def failing(**fields) -> Provider:
    now = timezone.now()
    return stored(
        failures=3,
        failing_since=now,
        failure="The model server refused the key.",
        rests_until=now + timedelta(minutes=1),
        enabled=True,
        **fields,
    )


def test_list_and_page_say_since_when_and_why_a_provider_rests(admin):
    provider = failing()
    for seen in (admin.get("/admin/providers/provider/").content.decode(), page(admin, provider)):
        assert "Rests until" in seen and "3 answers in a row failed before their first word, since" in seen
        assert "The last failure: The model server refused the key." in seen
    assert "Try again now" in page(admin, provider)


def test_try_again_now_ends_the_rest_and_leaves_an_event(admin):
    provider = failing()
    url = f"/admin/providers/provider/{provider.pk}/change/try-again/"
    assert admin.get(url).status_code == 405
    response = admin.post(url, follow=True)
    assert "Asked again from the next answer on: Mine." in response.content.decode()
    assert "Try again now" not in response.content.decode()
    provider.refresh_from_db()
    assert (provider.failures, provider.rests_until) == (0, None)
    event = Event.objects.get(verb="ended the rest of")
    assert (event.target_name, event.reason) == ("Mine", "The model server refused the key.")


def test_many_rests_are_ended_with_one_action(admin):
    provider = failing()
    chosen = {"action": "try_again", "_selected_action": [provider.pk]}
    assert (
        "next answer on: Mine."
        in admin.post("/admin/providers/provider/", chosen, follow=True).content.decode()
    )
    assert (
        "None of these was failing."
        in admin.post("/admin/providers/provider/", chosen, follow=True).content.decode()
    )


def test_a_provider_that_is_saved_again_rests_no_longer(admin):
    provider = failing()
    save(admin, provider, new_key="sk-another", enabled="")
    provider.refresh_from_db()
    assert not provider.is_resting


def test_staff_who_may_only_look_see_a_rest_and_cannot_end_it(client):
    provider = failing()
    staff = User.objects.create_user("sam", is_staff=True)
    staff.user_permissions.add(Permission.objects.get(codename="view_provider"))
    client.force_login(staff)
    assert "Rests until" in page(client, provider) and "Try again now" not in page(client, provider)


def test_a_model_added_by_hand_stays_whatever_the_list_says(admin, server):
    save(admin, base_url=server.base_url)
    fields = {"provider": Provider.objects.get().pk, "name": "tuned", "kind": "chat", "offered": "on"}
    admin.post("/admin/providers/model/add/", fields)
    admin.post(
        "/admin/providers/provider/",
        {"action": "ask_for_models", "_selected_action": [Provider.objects.get().pk]},
    )
    asked()
    assert offered() == ["test-model", "tuned"]
    assert Model.objects.get(name="tuned").made_by == MadeBy.ADMIN


def test_many_models_are_offered_or_not_with_one_action(admin, server):
    server.models = [f"model-{number}" for number in range(5)]
    save(admin, base_url=server.base_url)
    chosen = list(Model.objects.values_list("pk", flat=True)[:3])
    for action, left in (("withdraw", 2), ("offer", 5)):
        response = admin.post(
            "/admin/providers/model/", {"action": action, "_selected_action": chosen}, follow=True
        )
        assert len(offered()) == left
        assert "3 models are" in str(list(response.context["messages"])[-1])


def test_the_last_model_made_default_is_the_default(admin, server):
    server.models = ["large", "small"]
    save(admin, base_url=server.base_url)
    for model in Model.objects.filter(name__in=["large", "small"]):
        admin.post(f"/admin/providers/model/{model.pk}/change/", model_form(model, default="on"))
    assert Model.objects.get(default=True).name == default_for(None).name == "small"


def test_a_default_has_to_be_offered(admin):
    model = Model.objects.create(provider=stored(), name="large")
    fields = model_form(model, default="on")
    del fields["offered"]
    response = admin.post(f"/admin/providers/model/{model.pk}/change/", fields)
    assert "The default must be offered." in response.content.decode()


def test_the_list_of_models_says_which_one_the_site_has_picked(admin, server):
    save(admin, base_url=server.base_url)
    assert "picked by the site" in admin.get("/admin/providers/model/").content.decode()


@pytest.mark.parametrize(
    "written",
    ["[" * 5000, '{"X-A": "\\ud800"}', '{"\\ud800": "a"}', '{"X-A": NaN}', '{"X-A": "a", "x-a": "b"}', '"a"']
    + ['{"X-A": "a\\nb"}', '{"Expect": "100-continue"}', '{"accept-encoding": "zstd"}', "nonsense", "[1]"],
)
def test_headers_that_cannot_be_sent_are_said_on_the_form(admin, written):
    (note,) = save(admin, base_url=NOWHERE, header_values=written)
    assert note.endswith(".") and not Provider.objects.exists()


@pytest.mark.parametrize("name", TIMES)
@pytest.mark.parametrize("seconds", ["1e308", "90000", "0", "nan"])
def test_a_time_that_no_wait_can_have_is_said_on_the_form(admin, name, seconds):
    (note,) = save(admin, base_url=NOWHERE, **{name: seconds})
    assert note.endswith(".") and not Provider.objects.exists()


def test_a_price_is_not_below_zero(admin):
    fields = {"provider": stored().pk, "name": "m", "kind": "chat", "offered": "on", "input_price": "-0.01"}
    response = admin.post("/admin/providers/model/add/", fields)
    assert "greater than or equal to 0" in response.content.decode()
    assert not Model.objects.exists()
