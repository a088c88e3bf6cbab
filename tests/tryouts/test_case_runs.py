"""Runs of cases: what is asked, checked and stopped, and when a run goes."""

from datetime import timedelta

import pytest
from channels.db import database_sync_to_async
from django.utils import timezone

from chatsite.audit.models import Event
from chatsite.tryouts.housekeeping import housekeeping
from chatsite.tryouts.models import MAX_AGE, MAX_CASE_RUNS_PER_USER, CaseRun, Tryout
from tests.tryouts.running_cases import (
    browser,
    differences,
    running_answers,
    staff,
    until_ended,
)

pytestmark = pytest.mark.django_db(transaction=True)


async def test_all_cases_are_asked_of_both_versions_and_checked(editor, case, upstream):
    await case("Greeting", "contains", "hello")
    await case("JSON", "json")
    run = await editor.runs()
    await until_ended(run)
    asked = sorted(
        (each.json["messages"][0]["content"], each.json["messages"][-1]["content"])
        for each in upstream.requests
    )
    assert asked == [
        ("You help Anna.", "Greeting?"),
        ("You help Anna.", "JSON?"),
        ("You help customers.", "Greeting?"),
        ("You help customers.", "JSON?"),
    ]
    results = {
        (each.tryout.case_name, each.version.number): (each.passed, each.why)
        for each in await running_answers(run)
    }
    for number in (1, 2):
        assert results["Greeting", number] == (True, "It contains “hello”.")
        assert results["JSON", number][1].startswith("It is not JSON: ")
    page = await editor.get(f"{run.pk}/")
    assert "✓" in page and "✗" in page and "http-equiv" not in page
    event = await Event.objects.aget(verb="ran cases of")
    assert event.reason == "v2, with test-model"


async def test_a_regular_expression_is_tried_when_an_answer_ends(editor, case, upstream):
    await case("Evil", "matches", "(l+)+$")
    upstream.reply("l" * 60 + "!")
    run = await editor.runs()
    await until_ended(run)
    assert any("could not be tried." in each.why for each in await running_answers(run))


async def test_an_answer_that_failed_says_so_and_counts_as_no_difference(editor, case, upstream):
    await case("One", "ends")
    upstream.reply(status=401)
    run = await editor.runs()
    await until_ended(run)
    assert await differences(run) == [("One", "was not answered")]
    assert "failed: " in (await editor.get(f"{run.pk}/")).lower()
    page = await editor.publish_page()
    assert "1 was not answered: One." in page
    assert "differs from live" not in page


async def test_without_a_live_version_the_draft_answers_alone(editor, case, upstream, anna):
    await case("One", "ends")
    await database_sync_to_async(editor.prompt.releases.model._base_manager.all()._raw_delete)("default")
    assert "1 answer," in await editor.get()
    run = await editor.runs()
    await until_ended(run)
    assert await differences(run) == [("One", "")] and run.live_id is None
    page = await editor.publish_page()
    assert "1 run on v2 with test-model" in page and "differ" not in page


async def test_a_person_runs_cases_once_at_a_time_and_stop_all_ends_them(editor, case, upstream):
    for name in "ABCD":
        await case(name, "ends")
        upstream.hang("Once")
        upstream.hang("Once")
    run = await editor.runs()
    await upstream.requested(6)
    page = await editor.get(f"{run.pk}/")
    assert "0 of 8 answers have ended." in page and "Stop all" in page and "waits" in page
    assert "Your last run of cases is still being answered." in await editor.refused()
    await editor.client.post(f"{editor.url}{run.pk}/stop/")
    await until_ended(run)
    assert {each.status for each in await running_answers(run)} == {"stopped"}
    assert {each.passed for each in await running_answers(run)} == {None}
    assert "Stop all" not in await editor.get(f"{run.pk}/")


async def test_a_run_is_seen_and_stopped_by_others_with_the_permission_only(editor, case, upstream, prompt):
    one = await case("One")
    for _ in range(2):
        upstream.hang("Secret")
    run = await editor.runs()
    await upstream.requested(2)
    tried = await run.tryouts.aget()
    bob = await browser(await staff("bob", "view_systemprompt", "change_systemprompt"), prompt)
    for path in (f"{run.pk}/", f"{run.pk}/{tried.pk}/"):
        assert (await bob.client.get(bob.url + path)).status_code == 404
    assert (await bob.client.post(f"{bob.url}{run.pk}/stop/")).status_code == 404
    page = await bob.publish_page()
    assert "1 run on v2" in page and "See the answers" not in page
    carol = await browser(await staff("carol", "view_systemprompt", "view_caserun"), prompt)
    assert "Stop all" not in await carol.get(f"{run.pk}/")
    assert "One?" in await carol.get(f"{run.pk}/{tried.pk}/")
    assert (await carol.client.post(f"{carol.url}{run.pk}/stop/")).status_code == 403
    root = await browser(await staff("root", "view_systemprompt", "view_caserun", "stop_caserun"), prompt)
    await root.client.post(f"{root.url}{run.pk}/stop/")
    await until_ended(run)
    assert (await Event.objects.aget(verb="stopped cases of")).reason == "2 answers of anna’s run on v2"
    assert one.pk == tried.case_id


async def test_a_run_is_deleted_after_30_days(editor, case, upstream):
    await case("One")
    run = await editor.runs()
    await until_ended(run)
    await CaseRun.objects.aupdate(made=timezone.now() - MAX_AGE - timedelta(minutes=1))
    await database_sync_to_async(housekeeping)()
    assert not await CaseRun.objects.aexists() and not await Tryout.objects.aexists()
    assert "not run for v2" in await editor.publish_page()


async def test_of_more_runs_than_are_kept_the_oldest_go(editor, case, upstream, prompt, anna):
    await case("One")
    version = await prompt.versions.aget(number=2)
    run = {"owner": anna, "prompt": prompt, "version": version, "model": "test-model"}
    many = await CaseRun.objects.abulk_create([CaseRun(**run) for _ in range(MAX_CASE_RUNS_PER_USER)])
    newest = await editor.runs()
    kept = {each.pk async for each in CaseRun.objects.all()}
    assert kept == {newest.pk, *(each.pk for each in many[1:])}
    await until_ended(newest)
