"""A store of many messages in several languages, as a large site has after years. Runs inside the site.

Words are made up and are as frequent as words are (Zipf's law). Half of the messages are English, a fifth is Russian,
the rest German and Chinese. The same seed makes the same store.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from uuid import UUID

from django.contrib.auth.models import User
from django.db import connection

from chatsite.conversations.models import Conversation, Message
from chatsite.history.search import index

BEGIN = datetime(2023, 1, 1, tzinfo=UTC)
YEARS = timedelta(days=3 * 365)
BATCH = 5000
VOCABULARY = 30_000

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
    """Make ten people with a tenth of the conversations each, and one, “few”, with a thousandth."""
    randomness, languages = random.Random(12), vocabularies()
    names = ["few", *(f"person{number}" for number in range(10))]
    people = User.objects.bulk_create(User(username=name, password="!") for name in names)
    few = max(1, conversations // 1000)
    owners = [
        people[0] if n % (conversations // few) == 0 else people[1 + n % 10] for n in range(conversations)
    ]
    made = [
        Conversation(owner=owner, title=languages[randomness.choice(LANGUAGES)].text(randomness)[:60])
        for owner in owners
    ]
    for at in range(0, conversations, BATCH):
        Conversation.objects.bulk_create(made[at : at + BATCH])
    with _indexed_later():
        rows = _messages(made, messages, randomness, languages)
        while batch := list(islice(rows, BATCH)):
            with index.at_once():
                Message.objects.bulk_create(batch)


@contextmanager
def _indexed_later() -> Iterator[None]:
    """PostgreSQL builds its index of many words faster than it adds them one by one."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX history_message_words")
        yield
        cursor.execute("SET maintenance_work_mem = '512MB'")
        index.install()
        cursor.execute("VACUUM ANALYZE")


def _messages(conversations, count: int, randomness: random.Random, languages: dict[str, Vocabulary]):
    """All people's messages, one after the other in time."""
    step = YEARS / (len(conversations) * count)
    at = BEGIN
    for start in range(0, len(conversations), 100):
        group = conversations[start : start + 100]
        for number in range(count):
            for conversation in group:
                at += step
                yield Message(
                    uuid=UUID(int=randomness.getrandbits(128), version=4),
                    conversation=conversation,
                    role="assistant" if number % 2 else "user",
                    text=languages[randomness.choice(LANGUAGES)].text(randomness),
                    created=at,
                )
