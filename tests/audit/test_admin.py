"""What admins do leaves events; the page of events shows them and filters them."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.urls import reverse

from chatsite.audit.audited import Audited
from chatsite.audit.models import Event
from chatsite.audit.recording import record
from chatsite.providers.models import Model, Provider
from tests.providers.forms import save, stored

pytestmark = pytest.mark.django_db

EVENTS = "/admin/audit/event/"
# They only show, or try.
READ_ONLY = {
    "RunningAnswer", "UsageDay", "Event", "Conversation", "Message", "Completion", "SharedAnswer", "Tryout",
}  # fmt: skip
# They only sound like it: what all people may read, and names.
NO_SECRETS = {
    ("Banner", "text"),
    ("Provider", "first_token_timeout"),
    ("Provider", "key_variable"),
    ("SystemPrompt", "shows_text"),
}
SECRET = ("key", "header", "password", "text", "secret", "token")


@pytest.fixture
def page(client, admin_user):
    client.force_login(admin_user)
    return client


def change(page, obj, **fields):
    url = reverse(f"admin:{obj._meta.app_label}_{obj._meta.model_name}_change", args=[obj.pk])
    return page.post(url, fields)


def ours() -> dict:
    return {model.__name__: each for model, each in admin.site._registry.items()}


def test_every_admin_that_changes_something_leaves_events():
    assert [name for name, each in ours().items() if not isinstance(each, Audited)] == [
        name for name in ours() if name in READ_ONLY
    ]


def test_no_admin_shows_secrets_in_events():
    shown = {(kind, name) for kind, each in ours().items() for name in getattr(each, "audited_fields", ())}
    sounding = {(kind, name) for kind, name in shown if set(name.split("_")) & set(SECRET)}
    assert sounding == NO_SECRETS


def test_adding_changing_and_deleting_leaves_events(page):
    page.post("/admin/auth/group/add/", {"name": "Editors"})
    group = Group.objects.get(name="Editors")
    change(page, group, name="Readers")
    page.post(f"/admin/auth/group/{group.pk}/delete/", {"post": "yes"})
    events = list(Event.objects.order_by("pk").values_list("verb", "before", "after"))
    nothing: dict = {"permissions": [], "models": [], "system prompts": []}
    assert events == [
        ("added", {}, {"name": "Editors"} | nothing),
        ("changed", {"name": "Editors"}, {"name": "Readers"}),
        ("deleted", {"name": "Readers"} | nothing, {}),
    ]
    assert set(Event.objects.values_list("actor_name", flat=True)) == {"admin"}


def test_what_is_related_is_in_the_event(page):
    group = Group.objects.create(name="Editors")
    permission = Permission.objects.get(codename="view_group")
    change(page, group, name="Editors", permissions=[permission.pk])
    event = Event.objects.get()
    assert event.before == {"permissions": []} and event.after == {"permissions": [str(permission)]}


def test_deleting_many_leaves_an_event_for_each(page):
    groups = [Group.objects.create(name=name) for name in "ab"]
    chosen = [group.pk for group in groups]
    fields = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
    page.post("/admin/auth/group/", fields)
    assert sorted(Event.objects.values_list("verb", "target_name")) == [("deleted", "a"), ("deleted", "b")]


def test_setting_a_password_leaves_an_event_without_it(page, bob):
    fields = {
        "password1": "quite-a-long-secret",
        "password2": "quite-a-long-secret",
        "usable_password": "true",
    }
    page.post(f"/admin/auth/user/{bob.pk}/password/", fields)
    event = Event.objects.get()
    assert event.verb == "set the password of" and event.target_name == "bob"
    assert "quite-a-long-secret" not in str(vars(event)) and event.before == event.after == {}


def test_the_actions_on_models_leave_events(page):
    provider = Provider.objects.create(name="One", base_url="http://one.example/v1")
    model = Model.objects.create(provider=provider, name="m", offered=True)
    page.post("/admin/providers/model/", {"action": "withdraw", "_selected_action": [model.pk]})
    event = Event.objects.get()
    assert (event.before, event.after) == ({"offered": True}, {"offered": False})


def test_a_key_is_in_no_event(page):
    provider = stored()
    save(page, provider, name="Ours", new_key="sk-canary-1234")
    provider.refresh_from_db()
    event = Event.objects.get()
    assert provider.key and "canary" not in str(vars(event))
    assert (event.before["name"], event.after["name"]) == ("Mine", "Ours")


def test_each_page_leads_to_the_events_of_its_object(page):
    group = Group.objects.create(name="Editors")
    other = Group.objects.create(name="Others")
    for each in (group, other):
        record("changed", each, reason=f"about {each}")
    text = page.get(f"/admin/auth/group/{group.pk}/change/").content.decode()
    query = f"?target_type=auth.group&amp;target_id={group.pk}"
    assert EVENTS + query in text
    shown = page.get(EVENTS + query.replace("&amp;", "&")).content.decode()
    assert "about Editors" in shown and "about Others" not in shown


def test_the_page_is_filtered_by_who_what_and_when(page):
    record("added", Group(pk=1, name="Alpha"), reason="first")
    record("deleted", Group(pk=2, name="Beta"), reason="second")
    for query in ("verb=added", "q=Alpha", "target_id=1", "actor_name=command+line&verb=added"):
        text = page.get(f"{EVENTS}?{query}").content.decode()
        assert "first" in text and "second" not in text
    assert "first" in page.get(f"{EVENTS}?at__gte=2020-01-01+00:00:00%2B00:00").content.decode()
    assert "first" not in page.get(f"{EVENTS}?at__gte=2100-01-01+00:00:00%2B00:00").content.decode()


def test_kinds_are_words_on_the_page_and_in_its_filter(page, bob):
    record("changed", bob)
    Event.objects.create(actor_name="x", verb="added", target_type="gone.thing", target_name="x")
    text = page.get(EVENTS).content.decode()
    assert '<td class="field-kind">person</td>' in text and "?target_type=auth.user" in text
    assert "gone.thing" in text and ">auth.user<" not in text
    assert ">person</a>" in text
    event = Event.objects.get(target_type="auth.user")
    assert "auth.user" not in page.get(f"{EVENTS}{event.pk}/change/").content.decode()


@pytest.mark.parametrize("query", ["at__gte=yesterday", "id=one"])
def test_a_filter_that_makes_no_sense_is_refused_by_the_page_and_by_its_csv(page, query):
    assert page.get(f"{EVENTS}csv/?{query}", follow=True).redirect_chain[-1][0].endswith("?e=1")


def test_the_list_says_in_words_what_changed(page):
    after = {"is_active": True, "groups": ["A", "B"], "person": None, "cost_a_month": "0.01"}
    record("added", name="x", after=after)
    html = page.get(EVENTS).content.decode()
    assert "is active: – → yes; groups: – → A, B; cost a month: – → 0.01" in html and "person:" not in html


def test_nobody_changes_events_and_only_who_may_sees_them(client, db):
    event = record("added", name="x")
    staff = User.objects.create_user("staff", is_staff=True)
    client.force_login(staff)
    assert client.get(EVENTS).status_code == client.get(f"{EVENTS}csv/").status_code == 403
    staff.user_permissions.add(*Permission.objects.filter(content_type__app_label="audit"))
    client.force_login(User.objects.get(pk=staff.pk))
    assert client.get(EVENTS).status_code == client.get(f"{EVENTS}csv/").status_code == 200
    for path in ("add/", f"{event.pk}/delete/"):
        assert client.post(EVENTS + path, {"post": "yes"}).status_code == 403
    assert client.post(f"{EVENTS}{event.pk}/change/", {"verb": "y"}).status_code == 403
    client.post(EVENTS, {"action": "delete_selected", "_selected_action": [event.pk], "post": "yes"})
    assert Event.objects.get().verb == "added"
