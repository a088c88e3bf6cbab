"""A case is tried on the page “Try it”, and what was tried there is kept as a case."""

import pytest
from django.contrib.auth.models import Permission, User

from chatsite.prompts.models.case import MAX_CASES
from tests.tryouts.trying import answers, browser, said, until_ended

pytestmark = pytest.mark.django_db(transaction=True)
HELLO = [{"role": "user", "text": "Hello?"}]


async def test_a_case_is_tried_and_its_check_is_made_under_each_answer(trier, prompt, upstream):
    case = await prompt.cases.acreate(
        name="Greeting", messages=HELLO, check_kind="contains", check_text="hello"
    )
    assert "Greeting: contains “hello”" in await trier.get()
    tried = await trier.tries(source="case", case=case.pk)
    events = await until_ended(trier, tried)
    assert "It contains “hello”." in events.replace("\\u201c", "“").replace("\\u201d", "”")
    assert [(each.passed, each.why) for each in await answers(tried)] == [(True, "It contains “hello”.")] * 2
    page = await trier.get(f"{tried.pk}/")
    assert page.count("✓") == 2 and "Keep as a case" not in page


async def test_a_case_of_another_prompt_cannot_be_tried(trier, prompt, upstream):
    other = await type(prompt).objects.acreate(name="Other")
    case = await other.cases.acreate(name="Greeting", messages=HELLO)
    assert "Choose a case." in await trier.refused(source="case", case=case.pk)
    assert "Choose a case." in await trier.refused(source="case", case="")


async def test_what_was_typed_is_kept_as_a_case(trier, prompt, upstream):
    tried = await trier.tries(turn=["One", "Two", "Three of all"])
    await until_ended(trier, tried)
    assert "Keep as a case" in await trier.get(f"{tried.pk}/")
    form = await trier.get(f"{tried.pk}/keep/")
    assert 'value="Three of all"' in form and "Two</textarea>" in form
    fields = {"message_0": "One", "message_1": "Two", "message_2": "Three of all"}
    response = await trier.post(f"{tried.pk}/keep/", name="Three", check_kind="ends", **fields)
    assert response.url == f"/admin/prompts/systemprompt/{prompt.pk}/cases/"
    case = await prompt.cases.aget()
    assert (case.name, case.messages, case.check_kind) == ("Three", tried.messages, "ends")


async def test_an_own_past_question_is_kept_and_that_of_somebody_else_is_not(
    trier,
    reader,
    anna,
    alice,
    prompt,
    past,
    upstream,
):
    (own,) = await past(anna, "Mine?")
    tried = await trier.tries(source="past", question=own.pk)
    assert "Mine?" in await trier.get(f"{tried.pk}/keep/")
    (other,) = await past(alice, "My secret?")
    why = {"reason": "A complaint about this answer", "conversation": str(other.conversation.uuid)}
    tried = await trier.tries(source="past", question=other.pk, **why)
    await until_ended(trier, tried)
    assert "Keep as a case" not in await trier.get(f"{tried.pk}/")
    response = await trier.post(f"{tried.pk}/keep/", name="Kept", message_0="My secret?")
    assert response.status_code == 302
    assert "stays in their conversation" in await trier.get(f"{tried.pk}/")
    assert not await prompt.cases.aexists()


async def test_nobody_keeps_what_another_one_tried(trier, prompt, upstream, tried):
    (answer,) = await tried()
    bob = await User.objects.acreate(username="bob", is_staff=True)
    await bob.user_permissions.aadd(await Permission.objects.aget(codename="change_systemprompt"))
    stranger = await browser(bob, prompt)
    assert (await stranger.client.get(f"{stranger.url}{answer.tryout_id}/keep/")).status_code == 404


async def test_a_prompt_that_is_full_of_cases_says_so(trier, prompt, upstream):
    tried = await trier.tries()
    await until_ended(trier, tried)
    for number in range(MAX_CASES):
        await prompt.cases.acreate(name=f"{number}", messages=HELLO)
    response = await trier.client.get(f"{trier.url}{tried.pk}/keep/", follow=True)
    assert "A prompt has at most 50 cases." in said(response)
