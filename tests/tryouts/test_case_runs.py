"""Running all cases of a prompt: what is asked and found, who sees and stops it, and what the publish page says."""

import html
from datetime import timedelta

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import Permission, User
from django.test import AsyncClient
from django.utils import timezone

from chatsite.audit.models import Event
from chatsite.prompts.models import PromptCase
from chatsite.tryouts.case_rows import found
from chatsite.tryouts.case_run import CaseRun
from chatsite.tryouts.housekeeping import housekeeping
from chatsite.tryouts.models import KEPT, Tryout, TryoutAnswer
from chatsite.tryouts.registry import follow

pytestmark = pytest.mark.django_db(transaction=True)

PROMPTS = "/admin/prompts/systemprompt"


class Editor:
    """Somebody on the staff, with one browser."""

    def __init__(self, client, prompt) -> None:
        self.client, self.prompt = client, prompt
        self.url = f"/admin/tryouts/tryout/{prompt.pk}/cases/"

    async def get(self, path="") -> str:
        response = await self.client.get(path if path.startswith("/") else self.url + path)
        assert response.status_code == 200, response
        return " ".join(html.unescape(response.content.decode()).split())

    async def runs(self, version=2, model="test-model") -> CaseRun:
        response = await self.client.post(self.url, {"version": version, "model": model, "_run": "1"})
        assert response.status_code == 302, response.content.decode()
        return await CaseRun.objects.aget(pk=int(response.url.rstrip("/").split("/")[-1]))

    async def refused(self, **fields) -> str:
        response = await self.client.post(
            self.url, {"version": 2, "model": "test-model", "_run": "1"} | fields
        )
        assert response.status_code == 200
        return html.unescape(response.content.decode())

    async def publish_page(self, number=2) -> str:
        return await self.get(f"{PROMPTS}/{self.prompt.pk}/publish/{number}/")


async def browser(user, prompt) -> Editor:
    client = AsyncClient()
    await client.aforce_login(user)
    return Editor(client, prompt)


@pytest.fixture
async def editor(anna, prompt, provider, tryouts):
    return await browser(anna, prompt)


@database_sync_to_async
def staff(name: str, *codenames: str) -> User:
    user = User.objects.create_user(name, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return user


@pytest.fixture
def case(prompt):
    """Makes a case."""

    async def case(name, kind="", text="", tokens=None) -> PromptCase:
        check = {"check_kind": kind, "check_text": text, "check_tokens": tokens}
        messages = [{"role": "user", "text": f"{name}?"}]
        return await prompt.cases.acreate(name=name, messages=messages, **check)

    return case


@database_sync_to_async
def running_answers(run) -> list[TryoutAnswer]:
    return list(TryoutAnswer.objects.filter(tryout__case_run=run).select_related("version", "tryout"))


async def until_ended(run) -> None:
    async for _ in follow(await running_answers(run)):
        pass


@database_sync_to_async
def differences(run) -> list[tuple[str, str]]:
    return [(row.tried.case_name, row.difference.says) for row in found(CaseRun.objects.get(pk=run.pk)).rows]


@database_sync_to_async
def answered(run, **texts) -> None:
    """Store the answers of a run as if models had written these: live and new ones, by the names of cases."""
    for answer in TryoutAnswer.objects.filter(tryout__case_run=run).select_related("tryout"):
        live, new = texts[answer.tryout.case_name]
        text, passed = live if answer.version_id == run.live_id else new
        TryoutAnswer.objects.filter(pk=answer.pk).update(text=text, passed=passed, status="complete")


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
        ("E", "passes no more"),
        ("B", "passes now"),
        ("C", "reads differently"),
        ("D", "other words, same result"),
        ("A", "same answer"),
        ("F", "same answer"),
    ]
    page = await editor.publish_page()
    assert "6 run on v2 beside v1 with test-model" in page
    assert "2 differ from live: E (passes no more), B (passes now)." in page
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


async def test_an_answer_that_failed_says_so_and_counts_as_a_difference(editor, case, upstream):
    await case("One", "ends")
    upstream.reply(status=401)
    run = await editor.runs()
    await until_ended(run)
    assert await differences(run) == [("One", "was not answered")]
    assert "failed: " in (await editor.get(f"{run.pk}/")).lower()
    assert "1 differs from live: One (was not answered)." in await editor.publish_page()


async def test_without_a_live_version_the_draft_answers_alone(editor, case, upstream, anna):
    await case("One", "ends")
    await database_sync_to_async(editor.prompt.releases.model._base_manager.all()._raw_delete)("default")
    assert "1 answer," in await editor.get()
    run = await editor.runs()
    await until_ended(run)
    assert await differences(run) == [("One", "")] and run.live_id is None
    page = await editor.publish_page()
    assert "1 run on v2 with test-model" in page and "differ" not in page


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


async def test_a_run_is_deleted_after_30_days(editor, case, upstream):
    await case("One")
    run = await editor.runs()
    await until_ended(run)
    await CaseRun.objects.aupdate(made=timezone.now() - KEPT - timedelta(minutes=1))
    await database_sync_to_async(housekeeping)()
    assert not await CaseRun.objects.aexists() and not await Tryout.objects.aexists()
    assert "not run for v2" in await editor.publish_page()
