"""What an editor of prompts does on the page “Try it”."""

import html
from uuid import uuid4

from django.test import AsyncClient

from chatsite.conversations.models import Conversation, Outcome, Status
from chatsite.tryouts.models import Tryout, TryoutAnswer


class Trier:
    """An editor of prompts with one browser."""

    def __init__(self, client, prompt) -> None:
        self.client, self.url = client, f"/admin/tryouts/tryout/{prompt.pk}/"

    async def get(self, path="") -> str:
        response = await self.client.get(self.url + path)
        assert response.status_code == 200, response
        return html.unescape(response.content.decode())

    async def post(self, path="", **fields):
        usual = {"source": "typed", "turn": "Hello?", "versions": ["1", "2"], "models": "test-model"}
        return await self.client.post(self.url + path, fields if path else usual | {"_try": "1"} | fields)

    async def tries(self, **fields) -> Tryout:
        response = await self.post(**fields)
        assert response.status_code == 302, said(response)
        return await Tryout.objects.aget(pk=int(response.url.split("/")[-2]))

    async def refused(self, **fields) -> str:
        response = await self.post(**fields)
        assert response.status_code == 200 and not await Tryout.objects.aexists()
        return said(response)


def said(response) -> str:
    return html.unescape(response.content.decode())


async def signed_in(user) -> AsyncClient:
    client = AsyncClient()
    await client.aforce_login(user)
    return client


async def browser(user, prompt) -> Trier:
    return Trier(await signed_in(user), prompt)


def talk(owner, prompt, *questions) -> Conversation:
    """A conversation whose answers are “Answer to …”."""
    conversation = Conversation.objects.create(owner=owner, model="test-model")
    for text in questions:
        question = conversation.say(uuid4(), text, conversation.head)
        run = conversation.reply_to(question, model="test-model", prompt_version=prompt.live)
        run.finish(Outcome(Status.COMPLETE, f"Answer to {text}", completion_tokens=3))
    return conversation


async def answers(tried) -> list[TryoutAnswer]:
    return [each async for each in tried.answers.select_related("version")]


async def until_ended(trier, tried) -> str:
    stream = await trier.client.get(f"{trier.url}{tried.pk}/events/")
    assert stream.status_code == 200
    return "".join([part.decode() async for part in stream.streaming_content])
