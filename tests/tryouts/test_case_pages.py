"""The pages of runs of cases: what a run takes, what it found, and who sees it."""

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.utils import timezone

from chatsite.prompts.models import PromptCase
from chatsite.tryouts.models import CaseRun, Tryout, TryoutAnswer
from tests.tryouts.running_cases import answered, differences, until_ended

pytestmark = pytest.mark.django_db(transaction=True)


async def test_before_the_button_it_says_how_many_answers_and_about_what_they_cost(editor, case, provider):
    await case("One")
    await case("Two")
    assert "4 answers, price unknown, with" in await editor.get()
    await provider.models.aupdate(input_price=0, output_price=100)
    assert "4 answers, about 0.1200 in the currency of the prices" in await editor.get()
    chosen = {"version": 1, "model": "test-model", "_count": "1"}
    counted = await editor.client.post(editor.url, chosen)
    assert "2 answers, about 0.0600" in counted.content.decode()
    assert "2 answers, about 0.0600" in await editor.get("?version=1&model=test-model")
    assert not await CaseRun.objects.aexists()


async def test_without_cases_there_is_nothing_to_run(editor):
    assert "There is no case yet." in await editor.get()
    assert "none yet" in await editor.publish_page() and "Add a case" in await editor.publish_page()
    await editor.refused()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"version": 9}, "There is no such version."),
        ({"version": "x"}, "There is no such version."),
        ({"model": "gone"}, "This model is not offered to you."),
    ],
)
async def test_what_cannot_be_run_is_refused_by_a_sentence(editor, case, fields, sentence, upstream):
    await case("One")
    assert sentence in await editor.refused(**fields)
    assert not upstream.requests


async def test_what_changed_comes_first(editor, case):
    for name, kind in (("A", "json"), ("B", "json"), ("C", ""), ("D", "ends"), ("E", "json"), ("F", "")):
        await case(name, kind)
    run = await CaseRun.objects.acreate(
        owner=await User.objects.aget(username="anna"), prompt=editor.prompt,
        live=await editor.prompt.versions.aget(number=1), version=await editor.prompt.versions.aget(number=2),
        model="test-model",
    )  # fmt: skip
    await _columns(run)
    assert {says for _, says in await differences(run)} == {"is being answered"}
    await answered(
        run,
        A=(("x", True), ("x", True)), B=(("x", False), ("{}", True)), C=(("x", None), ("y", None)),
        D=(("x", True), ("y", True)), E=(("{}", True), ("x", False)), F=(("x", None), ("x ", None)),
    )  # fmt: skip
    assert await differences(run) == [
        ("E", "does not pass any more"),
        ("B", "passes now"),
        ("C", "reads differently"),
        ("D", "other words, same result"),
        ("A", "same answer"),
        ("F", "same answer"),
    ]
    page = await editor.publish_page()
    assert "6 run on v2 beside v1 with test-model" in page
    assert "2 differ from live: E (does not pass any more), B (passes now)." in page
    assert "1 without a check reads differently. 1 does not pass: E." in page


@database_sync_to_async
def _columns(run) -> None:
    """Make the tryouts of a run without asking anybody."""
    for case in PromptCase.objects.all():
        tried = Tryout.objects.create(
            owner=run.owner, prompt_id=run.prompt_id, messages=case.messages, case_run=run, **case.kept
        )
        for version in run.versions:
            TryoutAnswer.objects.create(tryout=tried, version=version, model=run.model)


async def test_the_answers_to_a_case_are_side_by_side(editor, case, upstream):
    await case("One", "contains", "hello")
    run = await editor.runs()
    await until_ended(run)
    tried = await run.tryouts.aget()
    page = await editor.get(f"{run.pk}/{tried.pk}/")
    assert page.count("Hello from upstream.") >= 2 and page.count("It contains “hello”.") == 2
    assert "v1, live then" in page and "an answer contains “hello”" in page
    assert (await editor.client.get(f"{editor.url}{run.pk}/{tried.pk + 1}/")).status_code == 404


async def test_the_publish_page_says_what_is_newer_than_the_run(editor, case, upstream, prompt, anna):
    one = await case("One", "ends")
    page = await editor.publish_page()
    assert "not run for v2" in page and ">Run all cases</a>" in page
    run = await editor.runs()
    await until_ended(run)
    assert "None differs from live by its check." in await editor.publish_page()
    await PromptCase.objects.filter(pk=one.pk).aupdate(changed=timezone.now())
    await case("Two")
    await database_sync_to_async(prompt.publish)("You help all.", anna)
    page = await editor.publish_page()
    assert "v3 is live since." in page and "1 was changed or deleted since." in page
    assert "1 was added since." in page and "None differs from v1 by its check." in page
    assert "Run all cases again" in page
