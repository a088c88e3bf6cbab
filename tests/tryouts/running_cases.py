"""What an editor of prompts does on the pages of cases and their runs."""

import html

from channels.db import database_sync_to_async
from django.contrib.auth.models import Permission, User

from chatsite.tryouts.case_table import case_table
from chatsite.tryouts.models import CaseRun, TryoutAnswer
from chatsite.tryouts.registry import follow
from tests.tryouts.trying import signed_in

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
    return Editor(await signed_in(user), prompt)


@database_sync_to_async
def staff(name: str, *codenames: str) -> User:
    user = User.objects.create_user(name, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return user


@database_sync_to_async
def running_answers(run) -> list[TryoutAnswer]:
    return list(TryoutAnswer.objects.filter(tryout__case_run=run).select_related("version", "tryout"))


async def until_ended(run) -> None:
    async for _ in follow(await running_answers(run)):
        pass


@database_sync_to_async
def differences(run) -> list[tuple[str, str]]:
    return [
        (row.tried.case_name, row.difference.sentence)
        for row in case_table(CaseRun.objects.get(pk=run.pk)).rows
    ]


@database_sync_to_async
def answered(run, **texts) -> None:
    """Store the answers of a run as if models had written these: live and new ones, by the names of cases."""
    for answer in TryoutAnswer.objects.filter(tryout__case_run=run).select_related("tryout"):
        live, new = texts[answer.tryout.case_name]
        text, passed = live if answer.version_id == run.live_id else new
        TryoutAnswer.objects.filter(pk=answer.pk).update(text=text, passed=passed, status="complete")
