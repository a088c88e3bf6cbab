"""Banners: who sees which, when, and until they close it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone

from chatsite.banners.models import Banner, banners_for

pytestmark = pytest.mark.django_db


def texts(user) -> list[str]:
    return [banner.text for banner in banners_for(user)]


def test_everybody_sees_a_banner_without_groups(alice, bob):
    Banner.objects.create(text="Maintenance on Sunday.")
    assert texts(alice) == texts(bob) == ["Maintenance on Sunday."]


def test_a_banner_for_groups_is_seen_by_their_people_alone(alice, bob):
    banner = Banner.objects.create(text="Sales meeting.")
    banner.groups.add(alice.groups.create(name="Sales"), Group.objects.create(name="Others"))
    alice.groups.create(name="Support")
    assert (texts(alice), texts(bob)) == (["Sales meeting."], [])


@pytest.mark.parametrize(
    ("begins", "ends", "enabled", "state"),
    [
        (None, None, True, "shown"),
        (-1, 1, True, "shown"),
        (1, None, True, "to come"),
        (-2, -1, True, "over"),
        (None, None, False, "switched off"),
    ],
)
def test_a_banner_is_shown_from_its_beginning_to_its_end(alice, begins, ends, enabled, state):
    now = timezone.now()
    times = {"begins": begins, "ends": ends}
    moments = {name: now + timedelta(hours=hours) for name, hours in times.items() if hours}
    banner = Banner.objects.create(text="Hello.", enabled=enabled, **moments)
    assert banner.state == state
    assert bool(texts(alice)) == (state == "shown")


def test_a_closed_banner_stays_closed_for_the_one_who_closed_it_until_its_text_changes(client, alice, bob):
    banner = Banner.objects.create(text="Hello.")
    client.force_login(alice)
    assert client.post(f"/banners/{banner.pk}/dismiss/", {"back": "/conversations/"}).url == "/conversations/"
    assert (texts(alice), texts(bob)) == ([], ["Hello."])
    banner.text = "Hello again."
    banner.save()
    assert texts(alice) == ["Hello again."]
    banner.text = "Hello."
    banner.save()
    assert texts(alice) == []


def test_a_banner_that_must_stay_cannot_be_closed(client, alice):
    banner = Banner.objects.create(text="Read this.", dismissible=False)
    client.force_login(alice)
    client.post(f"/banners/{banner.pk}/dismiss/")
    assert texts(alice) == ["Read this."]
    assert "Close this notice" not in client.get("/").content.decode()


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "", "/\\evil"]
)
def test_closing_leads_to_no_other_site(client, alice, back):
    banner = Banner.objects.create(text="Hello.")
    client.force_login(alice)
    assert client.post(f"/banners/{banner.pk}/dismiss/", {"back": back}).url == "/"


@pytest.mark.parametrize("page", ["/", "/conversations/"])
def test_pages_show_banners_as_text(client, alice, page):
    Banner.objects.create(text="<b>Bold</b> https://status.example/", tone="warning")
    client.force_login(alice)
    html = client.get(page).content.decode()
    assert "&lt;b&gt;Bold" in html and 'data-tone="warning"' in html
    assert 'href="https://status.example/"' in html


def test_an_end_before_the_beginning_is_refused_at_its_field(client):
    client.force_login(User.objects.create_superuser("root"))
    fields = {"text": "Hello.", "tone": "information", "begins_0": "2026-05-02", "begins_1": "10:00"}
    page = client.post("/admin/banners/banner/add/", fields | {"ends_0": "2026-05-01", "ends_1": "10:00"})
    assert "The end must be after the beginning." in page.content.decode()


def test_banners_take_one_query(alice, django_assert_num_queries):
    for number in range(5):
        Banner.objects.create(text=f"Hello {number}.")
    with django_assert_num_queries(1):
        assert len(banners_for(alice)) == 5


def test_both_parts_of_a_moment_have_a_name_for_screen_readers(client, admin_user):
    client.force_login(admin_user)
    page = client.get("/admin/banners/banner/add/").content.decode()
    for name in ("From, date", "From, time", "Until, date", "Until, time"):
        assert f'aria-label="{name}"' in page
