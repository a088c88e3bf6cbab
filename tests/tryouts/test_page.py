"""The page “Try it”: what it takes, what it refuses, and who sees what."""

import asyncio
import html
import re
from datetime import timedelta

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.utils import timezone

from chatsite.providers.models import Model
from chatsite.tryouts.models import MAX_TRYOUTS_PER_USER, Tryout, TryoutAnswer
from chatsite.tryouts.pages import MAX_UNENDED
from chatsite.tryouts.pairs import Pair, pairs
from chatsite.tryouts.recovery import claim_all
from chatsite.usage.models import Limit
from tests.tryouts.trying import answers, browser, said, until_ended

pytestmark = pytest.mark.django_db(transaction=True)


async def test_live_and_draft_answer_a_typed_message_side_by_side(trier, upstream):
    tried = await trier.tries()
    events = await until_ended(trier, tried)
    assert events.endswith("event: over\ndata:\n\n")
    assert {(each.version.number, each.status) for each in await answers(tried)} == {
        (1, "complete"),
        (2, "complete"),
    }
    page = await trier.get(f"{tried.pk}/")
    assert page.count("Hello from upstream.") == 2 and "First word" in page
    assert 'http-equiv="refresh"' not in page


async def test_two_models_double_the_columns(trier, provider, upstream):
    await Model.objects.acreate(provider=provider, name="other-model")
    tried = await trier.tries(models=["test-model", "other-model"])
    assert len(await answers(tried)) == 4
    await until_ended(trier, tried)
    assert (
        sorted(request.json["model"] for request in upstream.requests)
        == ["other-model"] * 2 + ["test-model"] * 2
    )


async def test_several_turns_are_sent_in_their_order(trier, upstream):
    tried = await trier.tries(turn=["One", "Two", "Three", "", ""], versions="1")
    await until_ended(trier, tried)
    sent = upstream.requests[0].json["messages"]
    assert [(each["role"], each["content"]) for each in sent[1:]] == [
        ("user", "One"), ("assistant", "Two"), ("user", "Three"),
    ]  # fmt: skip


async def test_a_text_that_is_not_saved_is_tried_and_no_version_is_made(trier, prompt, upstream):
    tried = await trier.tries(versions=[], typed="Speak to {{ user.name }} in German.")
    await until_ended(trier, tried)
    assert upstream.requests[0].json["messages"][0]["content"] == "Speak to Anna in German."
    assert await prompt.versions.acount() == 2


async def test_add_a_turn_shows_two_more_fields_and_keeps_what_was_typed(trier):
    response = await trier.client.post(trier.url, {"source": "typed", "turn": "Keep me", "_turn": "1"})
    assert said(response).count('name="turn"') == 3 and "Keep me" in said(response)
    assert "errorlist" not in said(response)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"turn": " "}, "Write what to ask."),
        ({"turn": ["One", "", "Three"]}, "take turns"),
        ({"turn": "x" * 500_001}, "500,000 characters is the most"),
        ({"versions": []}, "Choose a version, or write a text."),
        ({"versions": "7"}, "7 is not one of the available choices"),
        ({"models": ""}, "Choose a model."),
        ({"models": "gone"}, "“gone” is not offered to you. Choose another model."),
        ({"typed": "Dear {{ user.nmae }}"}, "Did you mean user.name?"),
        ({"source": "moon"}, "moon is not one of the available choices"),
        ({"source": "past"}, "Choose a question of a past conversation."),
        ({"source": "past", "question": "999999"}, "Choose a question of a past conversation."),
        ({"source": "past", "question": "9" * 40}, "Choose a question of a past conversation."),
    ],
)
async def test_what_cannot_be_tried_is_a_sentence_and_nothing_is_asked(trier, upstream, fields, sentence):
    assert sentence in await trier.refused(**fields)
    assert not upstream.requests


async def test_more_than_three_models_or_twelve_answers_are_refused(trier, provider, prompt, anna):
    for number in range(4):
        await Model.objects.acreate(provider=provider, name=f"m{number}")
    assert "at most 3 models" in await trier.refused(models=["m0", "m1", "m2", "m3"])
    for text in ("Three", "Four"):
        await database_sync_to_async(prompt.draft)(text, anna)
    refused = await trier.refused(models=["m0", "m1", "m2"], versions=["1", "2", "3", "4"], typed="Five")
    assert "These are 15 answers; 12 is the most." in refused


async def test_who_has_used_up_a_limit_tries_nothing(trier, anna, upstream):
    await Limit.objects.acreate(person=anna, tokens_a_month=0)
    assert "Your limit is 0 tokens a month" in await trier.refused()
    assert not upstream.requests


async def test_who_has_many_answers_without_an_end_waits_or_stops_some(trier, tried, upstream):
    await tried(MAX_UNENDED)
    await TryoutAnswer.objects.aupdate(heartbeat=timezone.now() + timedelta(hours=1))
    assert f"{MAX_UNENDED} is the most" in said(await trier.post())
    assert await Tryout.objects.acount() == 1
    await TryoutAnswer.objects.aupdate(status="stopped")
    assert (await trier.post()).status_code == 302


@pytest.mark.parametrize("path", ["1/", "1/events/", "1/keep/", "cases/", "cases/1/", "cases/1/1/"])
async def test_a_page_of_a_number_that_is_too_large_is_not_found(trier, path):
    for number in ("7", "9" * 25):
        response = await trier.client.get(f"/admin/tryouts/tryout/{number}/{path}")
        assert response.status_code == 404


async def test_before_the_button_it_says_how_many_answers_and_about_what_they_cost(trier, provider):
    assert "2 answers, price unknown" in await trier.get()
    await provider.models.aupdate(input_price=0, output_price=100)
    assert "2 answers, about 0.0600 in the currency of the prices" in await trier.get()


async def test_stop_ends_one_and_stop_all_the_others(trier, upstream):
    for _ in range(2):
        upstream.hang("Once")
    tried = await trier.tries()
    await upstream.requested(2)
    one, _ = await answers(tried)
    page = await trier.get(f"{tried.pk}/")
    assert 'http-equiv="refresh"' in page and page.count(">Stop</button>") == 2
    await trier.post(f"{tried.pk}/stop/", answer=one.pk)
    await upstream.closed(1)
    await trier.post(f"{tried.pk}/stop/", answer="all")
    await upstream.closed(2)
    await until_ended(trier, tried)
    assert {each.status for each in await answers(tried)} == {"stopped"}


async def test_a_provider_that_fails_says_so_in_its_column(trier, upstream):
    upstream.reply(status=401)
    tried = await trier.tries()
    await until_ended(trier, tried)
    failed = next(each for each in await answers(tried) if each.status == "failed")
    assert html.escape(failed.error) in html.escape(await trier.get(f"{tried.pk}/")) and failed.error


async def test_of_more_tries_than_are_kept_the_oldest_go(trier, anna, bob, prompt, tried):
    (running,) = await tried()
    (anothers,) = await tried(by=bob)
    messages = [{"role": "user", "text": "Hello?"}]
    many = [Tryout(owner=anna, prompt=prompt, messages=messages) for _ in range(MAX_TRYOUTS_PER_USER)]
    oldest, next_one, *_ = await Tryout.objects.abulk_create(many)
    await trier.tries()
    assert not await Tryout.objects.filter(pk=oldest.pk).aexists()
    kept = [next_one.pk, running.tryout_id, anothers.tryout_id]
    assert await Tryout.objects.filter(pk__in=kept).acount() == 3


async def test_the_better_column_is_kept_taken_back_and_counted_for_its_pair(trier, prompt, upstream):
    tried = await trier.tries()
    await until_ended(trier, tried)
    one, two = sorted(await answers(tried), key=lambda each: each.version.number)
    await trier.post(f"{tried.pk}/better/", answer=one.pk)
    await trier.post(f"{tried.pk}/better/", answer=two.pk)
    assert await database_sync_to_async(pairs)(prompt) == [Pair(2, 1, 1, 0)]
    assert "v2 before v1: 1 of 1" in await trier.get()
    await trier.post(f"{tried.pk}/better/", answer=two.pk)
    assert await database_sync_to_async(pairs)(prompt) == []


async def test_nobody_sees_anothers_tries(trier, prompt, upstream):
    tried = await trier.tries()
    await until_ended(trier, tried)
    other = await database_sync_to_async(User.objects.create_superuser)("root")
    root = await browser(other, prompt)
    for path in ("", "events/"):
        assert (await root.client.get(f"{root.url}{tried.pk}/{path}")).status_code == 404
    for path in ("stop/", "better/"):
        assert (await root.post(f"{tried.pk}/{path}", answer="all")).status_code == 404


async def test_an_answer_of_a_killed_process_is_shown_as_interrupted(trier, tried):
    (answer,) = await tried()
    await TryoutAnswer.objects.filter(pk=answer.pk).aupdate(status="streaming")
    await database_sync_to_async(claim_all)()
    page = await trier.get(f"{answer.tryout_id}/")
    assert "The answer was interrupted" in page and not re.search(r">Stop</button>", page)


def press_of(page: str) -> str:
    return re.search(r'name="press" value="([0-9a-f-]{36})"', page)[1]


async def test_a_button_that_is_pressed_twice_makes_one_tryout(trier, upstream):
    press = press_of(await trier.get())
    first, second = await trier.tries(press=press), await trier.tries(press=press)
    assert first == second
    assert (await Tryout.objects.acount(), await TryoutAnswer.objects.acount()) == (1, 2)


async def test_two_presses_at_the_same_time_make_one_tryout(trier, upstream):
    press = press_of(await trier.get())
    first, second = await asyncio.gather(trier.tries(press=press), trier.tries(press=press))
    assert first == second
    assert (await Tryout.objects.acount(), await TryoutAnswer.objects.acount()) == (1, 2)


async def test_the_next_press_and_what_was_changed_on_a_page_that_was_left_are_tried(trier, upstream):
    press = press_of(await trier.get())
    first = await trier.tries(press=press)
    changed = await trier.tries(press=press, turn="Goodbye?")
    again = await trier.tries(press=press_of(await trier.get(f"{first.pk}/")))
    other = await trier.tries(press=press, versions="1")
    assert len({first, changed, again, other}) == 4


async def test_a_form_without_a_press_is_tried_each_time(trier, upstream):
    assert await trier.tries(press="x") != await trier.tries(press="x") != await trier.tries()


async def test_a_model_that_is_not_offered_any_more_is_named_and_none_takes_its_place(
    trier, upstream, provider
):
    tryout = await trier.tries()
    await Model.objects.acreate(provider=provider, name="other-model")
    await Model.objects.filter(name="test-model").aupdate(offered=False)
    page = await trier.get(f"{tryout.pk}/")
    assert "The model “test-model” is not offered to you any more." in page
    assert '<option value="" selected>choose another one</option>' in page
    refused = await trier.post(models="")
    assert "Choose a model." in said(refused)
    assert "“test-model” is not offered to you. Choose another model." in said(
        await trier.post(models="test-model")
    )
