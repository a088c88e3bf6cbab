"""Links that expired: for some time they can be updated, then they go with their texts."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from chatsite.history.sharing import expiry
from chatsite.history.sharing.models import Share, SharedMessage
from chatsite.operations.housekeeping import JOBS
from tests.history.sharing.conftest import body, shared

pytestmark = pytest.mark.django_db(transaction=True)


def expired(conversation, days: float) -> Share:
    return shared(conversation, expires=timezone.now() - timedelta(days=days))


def test_texts_go_thirty_days_after_their_link_expired(talk):
    kept = [shared(talk), shared(talk, expires=None), expired(talk, 29.9)]
    expired(talk, 30.1)
    expiry.housekeeping()
    assert list(Share.objects.order_by("pk")) == kept
    assert SharedMessage.objects.count() == 2 * len(kept)


def test_the_site_does_it_by_itself():
    assert expiry.housekeeping in [job.work for job in JOBS]


def test_the_page_of_links_says_when(client, alice, talk):
    client.force_login(alice)
    link = expired(talk, 1)
    page = body(client.get(reverse("sharing:links")))
    assert f"deleted on {timezone.localtime(link.kept_until):%-d %B %Y} unless you update it" in page


def test_an_updated_link_works_again(client, alice, talk):
    client.force_login(alice)
    link = expired(talk, 29)
    client.post(reverse("sharing:update", args=[link.uuid]), {"audience": "anybody", "expiry": "7"})
    expiry.housekeeping()
    assert Share.objects.open().get() == link
