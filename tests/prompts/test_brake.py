"""The brake of a trial: clearly worse answers end it, chance does not."""

from uuid import uuid4

import pytest
from django.utils import timezone

from chatsite.audit.models import Event
from chatsite.conversations.models import Completion, Conversation, Feedback, Message
from chatsite.prompts.answers import Numbers, numbers_begun, numbers_of, price_of
from chatsite.prompts.brake import chance, compared, housekeeping, stop_bad_trials, verdicts
from chatsite.prompts.models import SystemPrompt
from chatsite.prompts.publishing import NotPossible, now_of, release, stop_trial
from chatsite.prompts.releases import scheduled, state_at
from chatsite.providers.models import Model, Provider


@pytest.fixture
def trial(prompt, anna):
    version = prompt.draft("On trial.")
    release(prompt, version, anna, "", share=50)
    return version


@pytest.fixture
def answered(alice):
    """Stores answers of a version, in conversations of their own."""

    def answered(version, count: int, status="complete", **columns):
        for _ in range(count):
            conversation = Conversation.objects.create(owner=alice)
            question = Message.objects.create(conversation=conversation, role="user", text="?", uuid=uuid4())
            answer = Message.objects.create(conversation=conversation, role="assistant", parent=question)
            Completion.objects.create(
                message=answer, prompt_version=version, status=status, model="small", **columns
            )

    return answered


def test_a_trial_whose_answers_fail_is_stopped_and_says_why(prompt, trial, answered, caplog):
    live = prompt.live
    answered(live, 60)
    answered(trial, 40)
    answered(trial, 20, status="failed")
    housekeeping()
    assert now_of(prompt).trial is None
    stop = prompt.releases.last()
    said = "33 % of 60 answers failed; 0 % of 60 with the live version"
    assert (stop.kind, stop.by, stop.by_name, stop.follow) == ("stop", None, "the site", True)
    assert said in stop.note and said in caplog.text
    assert stop_bad_trials() == []


def test_a_trial_whose_answers_are_marked_bad_is_stopped(prompt, trial, answered, alice):
    answered(prompt.live, 60)
    answered(trial, 60)
    for answer in Message.objects.filter(completions__prompt_version=trial)[:20]:
        Feedback.objects.create(message=answer, person=alice, value=-1)
    Feedback.objects.create(message=Message.objects.filter(role="assistant").first(), person=alice, value=1)
    assert [each.bad for each in compared(prompt)] == [20, 0]
    assert "33 % of 60 answers were marked bad" in stop_bad_trials()[0]


@pytest.fixture
def stopped(prompt, trial, answered):
    """The site has stopped the trial."""
    answered(prompt.live, 60)
    answered(trial, 60, status="failed")
    housekeeping()


def test_an_admin_finds_on_three_pages_that_the_site_stopped_a_trial_and_why(stopped, root):
    said = "Stopped by itself: 100 % of 60 answers failed; 0 % of 60 with the live version."
    page = root.get()
    assert "The site stopped the trial of v2" in page and said in page
    assert "/publish/2/?share=50" in page
    assert "v2 was stopped by the site" in root.client.get("/admin/prompts/systemprompt/").content.decode()
    first = root.client.get("/admin/").content.decode()
    assert "The site stopped the trial of v2" in first and said in first


def test_what_was_stopped_is_said_to_those_alone_who_see_prompts_and_until_something_is_released(
    stopped, root, editor_of
):
    assert "stopped the trial" in editor_of("eve", "view").client.get("/admin/").content.decode()
    assert "stopped the trial" not in editor_of("mallory").client.get("/admin/").content.decode()
    root.publish(2, to="share", share=50)
    assert "stopped the trial" not in root.get() + root.client.get("/admin/").content.decode()


def test_the_stop_of_a_trial_is_an_event_of_the_site(stopped, prompt):
    event = Event.objects.get(verb="stopped the trial of")
    assert (event.actor_name, event.target_name) == ("the site", "Support")
    assert event.reason.startswith("v2. Stopped by itself: 100 % of 60 answers failed")


def test_a_trial_that_begins_again_is_judged_by_new_conversations_alone(
    stopped, prompt, trial, anna, answered
):
    release(prompt, trial, anna, "", share=50)
    assert stop_bad_trials() == [] and now_of(prompt).trial
    assert [each.answers for each in compared(prompt)] == [0, 0]
    answered(prompt.live, 60)
    answered(trial, 60, status="failed")
    assert len(stop_bad_trials()) == 1


def test_what_was_planned_for_a_stopped_version_is_taken_off_the_plan(prompt, trial, anna, answered):
    tomorrow = timezone.now() + timezone.timedelta(days=1)
    release(prompt, trial, anna, "", at=tomorrow)
    release(prompt, trial, anna, "", share=80, at=tomorrow)
    other = prompt.draft("Another.")
    release(prompt, other, anna, "", at=tomorrow + timezone.timedelta(days=1))
    answered(prompt.live, 60)
    answered(trial, 60, status="failed")
    housekeeping()
    later = tomorrow + timezone.timedelta(hours=1)
    state = state_at(prompt.releases.facts(), later)
    assert (state.live.version, state.trial) == (prompt.live.pk, None)
    assert [each.version for each in scheduled(prompt.releases.facts(), timezone.now())] == [other.pk]


def test_the_brake_stops_no_other_trial_than_the_one_that_it_judged(prompt, trial, anna):
    judged = now_of(prompt).trial
    stop_trial(prompt, anna, "")
    release(prompt, trial, anna, "again", share=20)
    with pytest.raises(NotPossible, match="Another trial has begun since"):
        stop_trial(prompt, None, "", root=judged.root)
    assert now_of(prompt).trial.share == 20


def test_a_page_that_was_opened_before_the_brake_does_not_lift_it_unawares(prompt, trial, root, answered):
    seen = prompt.releases.last().pk
    assert f'name="seen" value="{seen}"' in root.get("publish/2/", share=50)
    answered(prompt.live, 60)
    answered(trial, 60, status="failed")
    housekeeping()
    response = root.publish(2, to="share", share=80, seen=seen)
    html = response.content.decode()
    assert response.status_code == 200 and "the site was faster" in html and "answers failed" in html
    assert now_of(prompt).trial is None
    stop = prompt.releases.last().pk
    assert root.publish(2, to="share", share=80, seen=stop).status_code == 302
    assert now_of(prompt).trial.share == 80


def test_a_form_that_names_a_release_of_a_prompt_without_any_is_published(anna, root):
    root.prompt = SystemPrompt.objects.create(name="New")
    root.prompt.draft("Be brief.", anna)
    assert root.publish(1, to="all", seen=8).status_code == 302


def test_a_difference_that_chance_can_make_stops_nothing(prompt, trial, answered):
    answered(prompt.live, 55)
    answered(trial, 52)
    answered(trial, 3, status="failed")
    assert stop_bad_trials() == [] and now_of(prompt).trial


def test_few_answers_prove_nothing(prompt, trial, answered):
    answered(prompt.live, 49)
    answered(trial, 49, status="failed")
    assert stop_bad_trials() == []


def test_a_better_trial_is_never_stopped(prompt, trial, answered):
    answered(prompt.live, 60, status="failed")
    answered(trial, 60)
    assert stop_bad_trials() == []


def test_only_conversations_that_began_during_the_trial_are_compared(prompt, trial, answered):
    answered(prompt.live, 5)
    Conversation.objects.update(created=timezone.now() - timezone.timedelta(days=1))
    answered(prompt.live, 2)
    answered(trial, 3)
    assert [each.answers for each in compared(prompt)] == [3, 2]


def test_answers_whose_question_was_answered_again_are_counted_once(prompt, answered):
    answered(prompt.live, 3)
    first = Message.objects.filter(role="assistant").first()
    for _ in range(3):
        again = Message.objects.create(conversation=first.conversation, role="assistant", parent=first.parent)
        Completion.objects.create(message=again, prompt_version=prompt.live, model="small", status="stopped")
    found = numbers_of([prompt.live.pk], timezone.now() - timezone.timedelta(hours=1))[prompt.live.pk]
    assert found == Numbers(answers=6, failed=0, stopped=3, again=3)
    assert (found.stopped_percent, found.is_few) == (50, True)


@pytest.mark.parametrize(
    ("trial", "live", "at_most"),
    [
        (Numbers(100, failed=10), Numbers(100, failed=10), 1.0),
        (Numbers(0), Numbers(100, failed=10), 1.0),
        (Numbers(1000, failed=0), Numbers(1000, failed=0), 1.0),
        # As a table of the two-proportion test says: z = 2.94.
        (Numbers(200, failed=30), Numbers(200, failed=12), 0.0034),
    ],
)
def test_the_chance_of_a_difference_is_that_of_the_two_sided_test(trial, live, at_most):
    assert at_most * 0.9 <= chance(trial, live, "failed") <= at_most
    assert chance(trial, live, "failed") == chance(live, trial, "failed")


def test_each_measure_is_told_with_its_numbers():
    found = verdicts(Numbers(100, failed=1, stopped=50, again=2), Numbers(200, failed=2, stopped=20, again=4))
    assert [each.is_worse for each in found] == [False, True, False, False]
    assert str(found[1]) == "50 % of 100 answers were stopped; 10 % of 200 with the live version"


def test_a_longer_text_costs_what_this_weeks_answers_would_read_more(prompt, answered):
    provider = Provider.objects.create(name="Dear", base_url="http://127.0.0.1:1/v1")
    Model.objects.create(provider=provider, name="small", input_price=7, output_price=1)
    answered(prompt.live, 10, provider=provider)
    answered(prompt.live, 4)
    price = price_of(prompt, 1000)
    assert (price.answers, float(price.money)) == (2.0, 0.01)
    assert round(price.unpriced, 2) == 0.57
    assert price_of(prompt, -5).fewer == 5


def test_the_newest_answers_of_each_version_are_compared(prompt, trial, answered):
    began = timezone.now()
    for version in (prompt.live, trial):
        answered(version, 3, status="failed")
        answered(version, 2)
    found = numbers_begun([prompt.live.pk, trial.pk], began, most=2)
    assert {(each.answers, each.failed) for each in found.values()} == {(2, 0)}
    found = numbers_begun([prompt.live.pk, trial.pk], began, most=100)
    assert {(each.answers, each.failed) for each in found.values()} == {(5, 3)}
