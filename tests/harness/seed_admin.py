"""What the admin's pages show. Runs inside a site: `manage.py shell -c`."""

import sys
from datetime import timedelta
from uuid import uuid4

from django.contrib.auth.models import Group, User
from django.db import transaction
from django.utils import timezone

from chatsite.accounts.models import Invitation
from chatsite.audit.models import Event
from chatsite.banners.models import Banner
from chatsite.conversations.models import Conversation, Outcome, SharedAnswer, Status
from chatsite.history.retention.models import RetentionRule
from chatsite.people.erasure import plan
from chatsite.people.models import Erasure
from chatsite.prompts.checks import Result
from chatsite.prompts.models import (
    PromptCase,
    PromptSnippet,
    PromptVariable,
    ReleaseRequest,
    SystemPrompt,
    SystemPromptVersion,
)
from chatsite.prompts.publishing import ask, release, save_draft
from chatsite.providers.models import Model
from chatsite.tryouts.models import CaseRun, Tryout, TryoutAnswer
from chatsite.usage.models import Extra, Limit

LONG = "One sentence that is long enough to need more than one line on a telephone."


@transaction.atomic
def admin_rows() -> None:
    """Make one of each thing at least; print the paths of their pages."""
    root = User.objects.create_superuser("ada.lovelace", "ada@example.com", "as hard to guess as can be")
    person = User.objects.create_user("charles.babbage", "charles@example.com", first_name="Charles")
    group = Group.objects.create(name="Support")
    person.groups.add(group)
    conversation = _conversation(person)
    pages = _prompt(root)
    Limit.objects.create(messages_an_hour=100, tokens_a_month=2_000_000, cost_a_month="5.00")
    limit = Limit.objects.create(group=group, messages_an_hour=200)
    extra = Extra.objects.create(person=person, tokens=1000, cost="5.00", note=LONG)
    banner = Banner.objects.create(text=LONG, begins=timezone.now(), ends=timezone.now() + timedelta(days=1))
    invitation = Invitation(note="For Mary", expires=timezone.now() + timedelta(days=7), invited_by=root)
    invitation.renew()
    invitation.save()
    rule, _ = RetentionRule.objects.get_or_create(defaults={"days": 90})
    Event.objects.create(
        actor=root, actor_name=str(root), verb="changed", target_type="person", target_name=str(person),
        before={"is_active": True}, after={"is_active": False}, reason=LONG,
    )  # fmt: skip
    model = Model.objects.first()
    pages += [f"conversations/conversation/{conversation.pk}/{page}/" for page in ("change", "texts")]
    rows = {
        "auth/user": person, "auth/group": group, "usage/limit": limit, "usage/extra": extra,
        "banners/banner": banner, "accounts/invitation": invitation, "history/retentionrule": rule,
        "providers/model": model, "providers/provider": model.provider,
        "conversations/message": conversation.messages.last(),
        "conversations/sharedanswer": _shared(conversation),
        "conversations/completion": conversation.messages.last().completions.get(),
    }  # fmt: skip
    leaver = User.objects.create_user("leaver")
    plan([leaver], LONG, root)
    prompt = SystemPrompt.objects.get(name="Support assistant")
    prompt.groups.add(group)
    own = [f"auth/user/{person.pk}/erase/", f"auth/user/{leaver.pk}/erase/", f"auth/user/{leaver.pk}/change/"]
    own += [f"{path}/{row.pk}/change/" for path, row in rows.items()]
    sys.stdout.write(" ".join(pages + own) + "\n")


def long_texts() -> None:
    """Let what people write there be one word without an end."""
    word = "W" * 150
    SystemPrompt.objects.update(description=word)
    ReleaseRequest.objects.update(note=word)
    Tryout.objects.update(case_name=word)
    TryoutAnswer.objects.update(why=word)
    Extra.objects.update(note=word)
    Erasure.objects.update(reason=word)
    Banner.objects.update(text=word)
    sys.stdout.write("changed\n")


def remove_admin_rows() -> None:
    """Remove what other tests of the same site would notice."""
    for model in (Limit, Extra, Banner, RetentionRule):
        model.objects.all().delete()
    SystemPrompt.objects.update(enabled=False)
    sys.stdout.write("removed\n")


def _conversation(person: User) -> Conversation:
    conversation = Conversation.objects.create(owner=person)
    question = conversation.say(uuid4(), "What does the engine do?", None)
    answer = conversation.reply_to(question, model="test-model")
    answer.finish(Outcome(Status.COMPLETE, "It weaves. " * 40, prompt_tokens=1200, completion_tokens=340))
    conversation.keep()
    return conversation


def _shared(conversation: Conversation) -> SharedAnswer:
    """Its owner marks the answer, which names a version, and shares it."""
    answer = conversation.messages.last()
    answer.completions.update(prompt_version=SystemPromptVersion.objects.first())
    words = {"words": LONG, "shared": True}
    return SharedAnswer.objects.create(message=answer, person=conversation.owner, value=-1, **words)


def _prompt(root: User) -> list[str]:
    """A prompt with a live version, a trial, a draft, a request, a snippet and a variable."""
    PromptVariable.objects.create(name="company", default="ACME")
    PromptSnippet.objects.create(name="tone", text="Be kind.")
    prompt = SystemPrompt.objects.create(name="Support assistant")
    texts = [f"You help.\n{LONG}\n{number} {{{{ user.name }}}}" for number in range(3)]
    newest = None
    for text in texts:
        newest, _ = save_draft(prompt, text, root, LONG, newest and newest.pk)
        if newest.number < 3:
            release(prompt, newest, root, LONG, share=100 if newest.number == 1 else 20)
    request = ask(prompt, newest, root, LONG, 100, None, False)
    case = prompt.cases.create(name="Refund", messages=[{"role": "user", "text": LONG}], check_kind="ends")
    own = [
        "cases/", "cases/add/", f"cases/{case.pk}/", f"cases/{case.pk}/delete/",
        "change/", "answers/", "versions/", "versions/3/", "compare/?a=1&b=3", "releases/", "publish/3/", "stop/",
        "archive/", f"requests/{request.pk}/",
    ]  # fmt: skip
    snippet = PromptSnippet.objects.get()
    return [f"prompts/systemprompt/{prompt.pk}/{page}" for page in own] + [
        *_tryout(root, prompt),
        f"prompts/promptsnippet/{snippet.pk}/change/",
        *_case_run(root, prompt, case),
    ]


def _tryout(root: User, prompt: SystemPrompt) -> list[str]:
    """A tryout of a model that is not offered any more: one answer is whole, one failed."""
    messages = [{"role": "user", "text": LONG}]
    tried = Tryout.objects.create(owner=root, prompt=prompt, messages=messages)
    for version, outcome in zip(
        prompt.versions.all(),
        (Outcome(Status.COMPLETE, LONG, reasoning=LONG), Outcome(Status.FAILED, error=LONG)),
        strict=False,
    ):
        TryoutAnswer.objects.create(tryout=tried, version=version, model="gone").finish(outcome)
    path = f"tryouts/tryout/{prompt.pk}/"
    return [path, f"{path}{tried.pk}/"]


def give_tryouts(name: str) -> None:
    """Let somebody be who tried, since others do not see it; print how many these are."""
    count = Tryout.objects.filter(case_run=None).update(owner=User.objects.get(username=name))
    sys.stdout.write(f"{count}\n")


def _case_run(root: User, prompt: SystemPrompt, case: PromptCase) -> list[str]:
    """A run of one case, which has ended."""
    live, new = prompt.versions.get(number=1), prompt.versions.get(number=3)
    run = CaseRun.objects.create(owner=root, prompt=prompt, live=live, version=new, model="test-model")
    tried = Tryout.objects.create(
        owner=root, prompt=prompt, messages=case.messages, case_run=run, **case.kept
    )
    for version in run.versions:
        answer = TryoutAnswer.objects.create(tryout=tried, version=version, model=run.model)
        answer.finish(Outcome(Status.COMPLETE, LONG), result=Result(version == new, LONG))
    path = f"tryouts/tryout/{prompt.pk}/cases/"
    return [path, f"{path}{run.pk}/", f"{path}{run.pk}/{tried.pk}/"]
