"""What people who were sent a link see, and what others do not."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from chatsite.conversations.models import Conversation
from chatsite.history.sharing.links import new_seed, token_of
from chatsite.history.sharing.snapshots import take
from tests.history.sharing.conftest import SECRET_REASONING, body, response, say, seen, shared

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators"),
]


def never_made() -> str:
    return f"/shared/{token_of(new_seed())}/"


def looks(response) -> tuple:
    """All of a response that a visitor could compare, but the address that they asked for."""
    names = {name: value for name, value in response.items() if name != "Location"}
    where = re.sub(r"/shared/[^/]*/", "/shared/…/", response.get("Location", ""))
    return response.status_code, where, names, body(response)


@pytest.fixture
def dead(talk):
    """Paths that lead nowhere: never made, too short, expired, revoked, of a deleted conversation."""
    expired = shared(talk, expires=timezone.now() - timedelta(seconds=1))
    revoked = shared(talk)
    revoked.delete()
    return [
        never_made(),
        "/shared/x/",
        "/shared/%00/",
        "/shared/%E2%80%AE/",
        expired.get_absolute_url(),
        revoked.get_absolute_url(),
    ]


def test_anybody_reads_what_was_shared_with_anybody(talk):
    text = seen(shared(talk).get_absolute_url())
    assert "How do I bake *bread*?" in text and "With <strong>patience</strong>." in text
    assert "test-model" in text and "Shared conversation, as of" in text


def test_the_page_has_nothing_of_the_account(talk):
    share = shared(talk)
    text = seen(share.get_absolute_url())
    ids = [talk.uuid, share.uuid, *talk.messages.values_list("uuid", flat=True)]
    assert not any(str(each) in text or each.hex in text for each in ids)
    assert "alice" not in text and SECRET_REASONING not in text and "You" not in text
    assert re.findall(r"<a[ >]|<form|<button(?! type=\"button\" data-)", text) == []


def test_the_page_has_no_inline_style_or_script(talk):
    say(talk, "<script>alert(1)</script>", "<img src=x onerror=alert(1)> ![x](https://evil.example/x.png)")
    text = seen(shared(talk).get_absolute_url())
    assert re.findall(r"<script(?! src=)", text) == [] and "<style" not in text and " style=" not in text
    assert "<img" not in text and "script-src 'self'" in response("/shared/x/")["Content-Security-Policy"]


def test_what_is_said_later_is_not_shared_before_the_link_is_updated(talk):
    share = shared(talk)
    say(talk, "And now my password", "hunter2")
    talk.title = "Secrets"
    talk.save()
    assert not {"hunter2", "Secrets"} & set(re.findall(r"\w+", seen(share.get_absolute_url())))
    take(share)
    assert "hunter2" in seen(share.get_absolute_url())


def test_reasoning_is_shared_only_by_choice(talk):
    assert SECRET_REASONING in seen(shared(talk, with_reasoning=True).get_absolute_url())
    assert not shared(talk).messages.exclude(reasoning="").exists()


def test_no_robot_and_no_cache_keeps_the_page_and_no_other_site_is_told_its_address(talk, alice):
    share, locked = shared(talk), shared(talk, passphrase=make_password("x"))
    pages = [response(each.get_absolute_url()) for each in (share, locked)]
    for page in [*pages, response(never_made()), response(never_made(), alice)]:
        assert "noindex" in page["X-Robots-Tag"] and page["Cache-Control"] == "no-store"
        assert page["Referrer-Policy"] == "no-referrer"
    assert all('name="robots" content="noindex' in body(page) for page in pages)


def test_links_that_do_not_work_look_alike(talk, dead, bob):
    signed_in_only = shared(talk, signed_in_only=True).get_absolute_url()
    to_nobody = [looks(response(path)) for path in [*dead, signed_in_only]]
    assert to_nobody[0][0] == 302 and all(each == to_nobody[0] for each in to_nobody)
    to_bob = [looks(response(path, bob)) for path in dead]
    assert to_bob[0][0] == 404 and all(each == to_bob[0] for each in to_bob)


@pytest.mark.parametrize("method", ["head", "post"])
def test_they_look_alike_by_every_method(talk, dead, bob, method):
    dead.append(shared(talk, signed_in_only=True, passphrase=make_password("x")).get_absolute_url())
    found = [looks(getattr(Client(), method)(path)) for path in dead]
    assert found[0][0] == 302 and all(each == found[0] for each in found)


def test_the_page_to_sign_in_says_the_same_whether_or_not_there_is_a_share(talk):
    paths = [shared(talk, signed_in_only=True).get_absolute_url(), never_made()]
    texts = [seen(response(path).url).replace(path, "") for path in paths]
    without_tokens = [re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text) for text in texts]
    assert without_tokens[0] == without_tokens[1] and "expired or was revoked" in texts[0]


def test_signing_in_leads_back_to_the_link(talk, bob):
    path = shared(talk, signed_in_only=True).get_absolute_url()
    browser = Client()
    sign_in = browser.get(path).url
    assert sign_in == f"/accounts/login/?next={path}"
    answer = browser.post(sign_in, {"username": "bob", "password": "bob's password", "next": path})
    assert answer.url == path and "patience" in body(browser.get(path))


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_a_link_leads_to_no_other_site(db, elsewhere):
    for path in (f"/shared/x/?next={elsewhere}", f"/shared/{elsewhere}/"):
        location = response(path).get("Location", "")
        assert not location.startswith(("http:", "https:", "//", "/\\"))
        assert "evil.example" not in location or location.startswith("/accounts/login/?next=/shared/")


def test_an_admin_can_keep_all_links_to_people_who_are_signed_in(talk, settings, bob):
    path = shared(talk).get_absolute_url()
    settings.SHARE_SIGNED_IN_ONLY = True
    assert response(path).status_code == 302
    assert "patience" in seen(path, bob)


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_X_FORWARDED_USER": "alice"},
        {"HTTP_REMOTE_USER": "alice"},
        {"HTTP_AUTHORIZATION": "Basic YWxpY2U6"},
        {"HTTP_X_HTTP_METHOD_OVERRIDE": "POST"},
        {"HTTP_X_ORIGINAL_URL": "/admin/"},
        {"HTTP_IF_NONE_MATCH": "*"},
        {"HTTP_RANGE": "bytes=0-10"},
        {"HTTP_COOKIE": "chatsite-session=x"},
    ],
)
def test_no_header_opens_a_link(talk, headers):
    locked = shared(talk, passphrase=make_password("x"))
    for share in (shared(talk, signed_in_only=True), locked):
        page = response(share.get_absolute_url(), **headers)
        assert page.status_code == (200 if share is locked else 302)
        assert "patience" not in body(page)


def test_the_parts_after_a_link_lead_nowhere(talk):
    path = shared(talk).get_absolute_url()
    for trailing in ("x/", "export/", "../", "?x=1/update/"):
        page = Client().get(path + trailing)
        assert page.status_code == (200 if trailing.startswith("?") else 404)
    assert Client().get(path[:-2] + "/").status_code == 302
    assert Client().get(path.upper()).status_code == 404
    assert Client().get(path[:-1]).status_code in {301, 404}


def test_head_opens_nothing_and_sends_the_same_headers(talk):
    path = shared(talk).get_absolute_url()
    head, page = Client().head(path), Client().get(path)
    assert body(head) == "" and head.status_code == 200
    assert head["X-Robots-Tag"] == page["X-Robots-Tag"] and head["Content-Type"] == page["Content-Type"]


def test_other_methods_are_refused(talk):
    for method in ("put", "delete", "patch", "options"):
        assert getattr(Client(), method)(shared(talk).get_absolute_url()).status_code == 405


def test_a_share_goes_with_its_conversation(talk, bob):
    path = shared(talk).get_absolute_url()
    talk.delete()
    assert response(path, bob).status_code == 404


def test_a_share_does_not_work_while_its_conversation_can_only_be_restored(talk, bob):
    path = shared(talk).get_absolute_url()
    Conversation.objects.update(deleted=timezone.now())
    assert response(path, bob).status_code == 404 and response(path).status_code == 302


def test_a_share_does_not_work_while_its_owner_is_deactivated(talk, alice, bob):
    path = shared(talk).get_absolute_url()
    alice.is_active = False
    alice.save()
    assert response(path, bob).status_code == 404
    alice.is_active = True
    alice.save()
    assert "patience" in seen(path, bob)
