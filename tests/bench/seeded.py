"""A store of many messages in several languages, as a large site has after years. Runs inside the site.

Words are made up and are as frequent as words are (Zipf's law). Half of the messages are English, a fifth is Russian,
the rest German and Chinese. The same seed makes the same store.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import accumulate
from uuid import UUID

from django.contrib.auth.models import User
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from chatsite.conversations.models import Completion, Conversation, Message, Role, Status
from chatsite.history.exchange.bulk_insert import insert
from chatsite.history.search import index
from chatsite.prompts.models import SystemPrompt, SystemPromptVersion

PEOPLE = ("few", "tenth", "most")
YEARS = timedelta(days=3 * 365)
BATCH = 5000
# Conversations that are written at the same time.
GROUP = 100
# The long conversation has a hundredth of all other messages.
LONG_SHARE = 100
VOCABULARY = 30_000
PROMPTS, VERSIONS = 10, 5
MODELS = ("small", "large", "vendor/huge")
FAILED_SHARE = 0.02

ALPHABETS = {
    "en": ("etaoinshrdlucmfwypvbgk", " "),
    "ru": ("оеаинтсрвлкмдпуяыьгзбчй", " "),
    "de": ("enisratdhulcgmobwfkzväöüß", " "),
    "zh": ("".join(map(chr, range(0x4E00, 0x4E00 + 2500))), ""),
}
LANGUAGES = ("en",) * 10 + ("ru",) * 4 + ("de",) * 3 + ("zh",) * 3


class Vocabulary:
    """Words of a language, the most frequent ones first."""

    def __init__(self, language: str, randomness: random.Random) -> None:
        letters, self.blank = ALPHABETS[language]
        length = (2, 3) if language == "zh" else (2, 9)
        found: dict[str, None] = {}
        while len(found) < VOCABULARY:
            found["".join(randomness.choices(letters, k=randomness.randint(*length)))] = None
        self.words = list(found)
        self._weights = list(accumulate(1 / (rank + 2) for rank in range(VOCABULARY)))

    def text(self, randomness: random.Random) -> str:
        count = randomness.randint(6, 90) if self.blank else randomness.randint(10, 90)
        words = randomness.choices(self.words, cum_weights=self._weights, k=count)
        return self.blank.join(words).capitalize() + ("." if self.blank else "。")


def vocabularies() -> dict[str, Vocabulary]:
    randomness = random.Random(11)
    return {language: Vocabulary(language, randomness) for language in ALPHABETS}


def fill(conversations: int, messages: int) -> None:
    """Make a store of `conversations` with `messages` each, of three people: “few” has a thousandth of
    it, “tenth” a tenth, and “most” the rest and one long conversation. Every answer names a version of a prompt."""
    randomness, languages = random.Random(12), vocabularies()
    few, tenth, most = User.objects.bulk_create(User(username=name, password="!") for name in PEOPLE)
    thousandth = -(-conversations // 1000)
    owners = [few] * thousandth + [tenth] * (conversations // 10)
    owners += [most] * (conversations - len(owners))
    randomness.shuffle(owners)
    made = [_conversation(owner, randomness, languages) for owner in owners]
    long = _conversation(most, randomness, languages)
    Conversation.objects.bulk_create([*made, long], BATCH)
    count = len(made) * messages // LONG_SHARE
    store = Store(randomness, languages, _versions(), YEARS / (len(made) * messages + count))
    with _indexed_later():
        for start in range(0, len(made), GROUP):
            store.write(made[start : start + GROUP], messages)
        store.write([long], count)
        store.end()
    index.tidy()


def _conversation(owner: User, randomness: random.Random, languages: dict[str, Vocabulary]) -> Conversation:
    return Conversation(owner=owner, title=languages[randomness.choice(LANGUAGES)].text(randomness)[:60])


def _versions() -> list[SystemPromptVersion]:
    """Some prompts with some versions each."""
    prompts = SystemPrompt.objects.bulk_create(SystemPrompt(name=f"Prompt {n}") for n in range(PROMPTS))
    return SystemPromptVersion.objects.bulk_create(
        SystemPromptVersion(prompt=prompt, number=number, text=f"Be brief, {number} times.")
        for prompt in prompts
        for number in range(1, 1 + VERSIONS)
    )


class Store:
    """Writes messages, one after the other in time, the last one now. step: between two of them."""

    def __init__(
        self,
        randomness: random.Random,
        languages: dict[str, Vocabulary],
        versions: list[SystemPromptVersion],
        step: timedelta,
    ) -> None:
        self._randomness, self._languages, self._versions, self._step = randomness, languages, versions, step
        self._at, self._number = timezone.now() - YEARS, 0
        self._messages: list[Message] = []
        self._answers: list[Completion] = []

    def write(self, conversations: list[Conversation], count: int) -> None:
        """Write this number of messages in each of the conversations, in turn."""
        heads: dict[int, int] = {}
        for number in range(count):
            for conversation in conversations:
                heads[conversation.pk] = self._add(conversation.pk, heads.get(conversation.pk), number % 2)
                if len(self._messages) == BATCH:
                    self._insert()

    def end(self) -> None:
        """Write what is left, and give each conversation its end."""
        self._insert()
        own = Message.objects.filter(conversation=OuterRef("pk"))
        newest = own.order_by("-pk")
        Conversation.objects.update(
            head=Subquery(newest.values("pk")[:1]),
            updated=Subquery(newest.values("created")[:1]),
            created=Subquery(own.order_by("pk").values("created")[:1]),
        )
        with connection.cursor() as cursor:
            for sql in connection.ops.sequence_reset_sql(no_style(), [Message, Completion]):
                cursor.execute(sql)

    def _add(self, conversation: int, parent: int | None, is_answer: int) -> int:
        self._at += self._step
        self._number += 1
        message = Message(
            pk=self._number,
            uuid=UUID(int=self._randomness.getrandbits(128), version=4),
            conversation_id=conversation,
            parent_id=parent,
            role=Role.ASSISTANT if is_answer else Role.USER,
            text=self._languages[self._randomness.choice(LANGUAGES)].text(self._randomness),
            created=self._at,
        )
        self._messages.append(message)
        if is_answer:
            self._answers.append(self._answer(message))
        return self._number

    def _answer(self, message: Message) -> Completion:
        return Completion(
            pk=message.pk,
            message_id=message.pk,
            status=Status.FAILED if self._randomness.random() < FAILED_SHARE else Status.COMPLETE,
            heartbeat=message.created,
            model=self._randomness.choice(MODELS),
            prompt_version=self._randomness.choice(self._versions),
            prompt_tokens=100,
            completion_tokens=len(message.text) // 4,
            started=message.created,
            finished=message.created,
        )

    def _insert(self) -> None:
        with transaction.atomic():
            # Before their messages: the search index enters a message once, with the models that wrote it.
            insert(self._answers)
            with index.at_once():
                insert(self._messages)
        self._messages, self._answers = [], []


@contextmanager
def _indexed_later() -> Iterator[None]:
    """PostgreSQL builds its index of many words faster than it adds them one by one."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX history_message_times")
        yield
        cursor.execute("SET maintenance_work_mem = '512MB'")
        index.install()
        cursor.execute("VACUUM ANALYZE")
