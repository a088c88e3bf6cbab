"""Titles by a model: after the first answer of a conversation, in the background."""

import asyncio
import logging
from collections.abc import Sequence

from channels.db import database_sync_to_async
from django.conf import settings
from django.db import Error, transaction

from chatsite.completions import CompletionError, Usage
from chatsite.completions.stream import CompletionStream
from chatsite.conversations.models import Conversation, Status, count
from chatsite.conversations.title_request import MAX_READ_CHARACTERS, title_in, title_request
from chatsite.conversations.turns import Turn
from chatsite.providers.clients import Clients
from chatsite.providers.models import Model, Origin
from chatsite.providers.serving import serving
from chatsite.runs.answer_task import answering_model
from chatsite.runs.ends import Ended
from chatsite.runs.hints import Hints
from chatsite.runs.tasks import Tasks
from chatsite.usage import ledger
from chatsite.usage.ledger import Use
from chatsite.usage.models import Source

logger = logging.getLogger(__name__)

# Requests of this process at once, and conversations that wait for one. Further ones keep their first words.
MAX_REQUESTS = 4
MAX_WAITING = 100
MAX_REQUEST_SECONDS = 30
# No limit of tokens is sent: several servers refuse it. More reasoning than this is read no further.
MAX_REASONING_CHARACTERS = 20_000


class NoTitleModel(CompletionError):
    """The model that the setting names is not offered."""

    kind = "configuration"


class TitleWriter:
    """Requests titles, a few at a time. What they take is in the ledger; they are no completions.

    What is waiting or asked when the process ends is not titled then; the conversation's next answer brings it back.
    """

    def __init__(self, clients: Clients, hints: Hints) -> None:
        self._clients = clients
        self._hints = hints
        self._tasks = Tasks()
        self._turns = asyncio.Semaphore(MAX_REQUESTS)
        self._writing: set[int] = set()

    def ended(self, turn: Turn, end: Ended) -> None:
        """An answer has ended. Title its conversation if that has only first words so far, in the background."""
        conversation = end.conversation
        is_wanted = conversation.title_is_provisional and not conversation.deleted
        if is_wanted and end.completion.status in (
            Status.COMPLETE,
            Status.STOPPED,
        ):
            self.start(conversation, turn.message.text, end.completion.message.text, turn.models)

    def start(self, conversation: Conversation, question: str, reply: str, models: Sequence[Model]) -> None:
        """Title a conversation by this turn. `models`: the conversation's own, which the setting can replace."""
        is_demo = models and models[0].provider.origin == Origin.DEMO and not settings.TITLE_MODEL
        is_off = settings.TITLE_MODEL == "off"
        if is_off or is_demo or not reply.strip() or conversation.pk in self._writing:
            return
        if len(self._tasks) < MAX_REQUESTS + MAX_WAITING:
            self._writing.add(conversation.pk)
            self._tasks.start(self._title(conversation, title_request(question, reply), models))

    def cancel(self) -> None:
        """Give up all of them, at the end of the process."""
        self._tasks.cancel()

    async def ended_all(self) -> None:
        """Wait until no title is being written."""
        await self._tasks.ended()

    async def _title(
        self, conversation: Conversation, request: list[dict[str, str]], models: Sequence[Model]
    ) -> None:
        try:
            async with self._turns:
                title, use = await self._requested(conversation, request, models)
            if await _store(conversation, title, use):
                await self._hints.publish({"changed": conversation.pk})
        except Error as error:
            logger.warning("The title of a conversation could not be saved: %s", error)
        finally:
            self._writing.discard(conversation.pk)

    async def _requested(
        self, conversation: Conversation, request: list[dict[str, str]], models: Sequence[Model]
    ) -> tuple[str, Use | None]:
        """Return a model's title, and what it took. It is empty, after one line in the log, where none came."""
        try:
            async with asyncio.timeout(MAX_REQUEST_SECONDS):
                if settings.TITLE_MODEL:
                    models = await _named(settings.TITLE_MODEL, conversation.owner_id)
                async with self._clients.router(models).create(request, stream=True) as stream:
                    await _read(stream)
        except CompletionError as error:
            logger.warning("A conversation keeps its first words as its title: %s", error)
        except TimeoutError:
            logger.warning(
                "A conversation keeps its first words: no title came in %s s.", MAX_REQUEST_SECONDS
            )
        else:
            return title_in(stream.text), _use(conversation, stream, models)
        return "", None


@database_sync_to_async
def _store(conversation: Conversation, title: str, use: Use | None) -> bool:
    """Store the title, unless the person has renamed the conversation meanwhile, and what it took."""
    with transaction.atomic():
        if use:
            ledger.add(use)
        changed: bool = Conversation.objects.entitle(conversation.pk, conversation.title, title)
    return changed


def _use(conversation: Conversation, stream: CompletionStream, models: Sequence[Model]) -> Use | None:
    model = answering_model(stream, models)
    if model is None:
        return None
    usage = stream.usage or Usage()
    return Use(
        person=conversation.owner_id,
        model=model.name,
        provider=model.provider.pk,
        source=Source.TITLE,
        input_tokens=count(usage.prompt_tokens),
        output_tokens=count(usage.completion_tokens),
        cached_tokens=count(usage.cached_tokens),
        cost=model.cost(usage.prompt_tokens, usage.completion_tokens),
    )


async def _named(name: str, person: int) -> list[Model]:
    found = await database_sync_to_async(serving)(name, person)
    models = [model for model in found if model.provider.origin != Origin.DEMO]
    if not models:
        raise NoTitleModel(f"No server offers the model “{name}” of CHATSITE_TITLE_MODEL.")
    return models


async def _read(stream: CompletionStream) -> None:
    """Read an answer to its end, or as much of it as can hold a title."""
    while await stream.batch():
        if len(stream.text) > MAX_READ_CHARACTERS or len(stream.reasoning) > MAX_REASONING_CHARACTERS:
            return
