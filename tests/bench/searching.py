"""Measures searches and the cost of the index in a seeded store. Runs inside the site; prints JSON."""

import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from chatsite.conversations.models import Conversation, Message
from chatsite.history.search import postgresql_index, sqlite_index
from chatsite.history.search.query import read
from chatsite.history.search.results import find
from tests.bench.seeded import vocabularies

QUERIES = 20
REPEATS = 3
STORED = 1000
COMMON, MID, RARE = range(30), range(300, 1500), range(15_000, 30_000)


class Clock:
    """Milliseconds of processor time: of this thread, and of the PostgreSQL process that serves it."""

    def __init__(self) -> None:
        self._server = None
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                self._server = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")

    def __call__(self) -> float:
        server = int(self._server.read_text().split()[0]) / 1e6 if self._server else 0
        return time.thread_time() * 1000 + server

    def of(self, work: Callable[[], Any]) -> float:
        begun = self()
        work()
        return self() - begun


def queries() -> dict[str, list[str]]:
    """What is searched for, by kind."""
    pick, words = random.Random(13), {name: each.words for name, each in vocabularies().items()}

    def some(language: str, ranks: range) -> str:
        return words[language][pick.choice(ranks)]

    texts = list(Message.objects.order_by("pk").values_list("text", flat=True)[:2000])
    spoken = [text.split() for text in texts if text.isascii() and " " in text]
    kinds = {
        "rare": lambda: some("en", RARE),
        "mid": lambda: some("en", MID),
        "common": lambda: some("en", COMMON),
        "phrase": lambda: '"{} {}"'.format(*pick.choice(spoken)[2:4]),
        "prefix": lambda: next(word for word in iter(lambda: some("en", MID), "") if len(word) > 4)[:4] + "*",
        "two mid": lambda: f"{some('en', MID)} {some('en', MID)}",
        "two common": lambda: f"{some('en', COMMON)} {some('en', COMMON)}",
        "never meet": lambda: f"{some('en', COMMON)} {some('ru', COMMON)}",
        "Chinese, 2": lambda: some("zh", MID)[:2],
        "Chinese, 4": lambda: some("zh", COMMON)[:2] + some("zh", COMMON)[:2],
        "Chinese, common": lambda: some("zh", COMMON)[:2],
        "Russian*": lambda: (
            next(word for word in iter(lambda: some("ru", MID), "") if len(word) > 4)[:4] + "*"
        ),
        "nothing": lambda: "zzqxzzqx",
    }
    return {kind: [make() for _ in range(QUERIES)] for kind, make in kinds.items()}


def searches(names: list[str]) -> list[dict[str, Any]]:
    """p50 and p95 of what a search and a page of results cost each of these people."""
    return [
        {"kind": kind, **_measured(typed, {name: User.objects.get(username=name) for name in names})}
        for kind, typed in queries().items()
    ]


def _measured(typed: list[str], people: dict[str, User]) -> dict[str, float]:
    row, clock = {}, Clock()
    for name, person in people.items():
        client = Client(SERVER_NAME="localhost")
        client.force_login(person)
        finding = [_median(clock, lambda each=each: find(person, read(each))) for each in typed]  # noqa: B023
        pages = [clock.of(lambda each=each: client.get("/conversations/", {"q": each})) for each in typed]  # noqa: B023
        row |= {f"{name} p50": _at(finding, 0.5), f"{name} p95": _at(finding, 0.95)}
        row |= {f"page {name} p50": _at(pages, 0.5), f"page {name} p95": _at(pages, 0.95)}
    return row


def _median(clock: Clock, work: Callable[[], Any]) -> float:
    return _at([clock.of(work) for _ in range(REPEATS)], 0.5)


def _at(values: list[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def ranked(name: str) -> dict[str, float]:
    """What best matches first costs for common words."""
    clock, person = Clock(), User.objects.get(username=name)
    costs = [
        _median(clock, lambda each=each: find(person, read(each), best=True)) for each in queries()["common"]
    ]
    return {"p50": _at(costs, 0.5), "p95": _at(costs, 0.95)}


def costs() -> dict[str, float]:
    """Milliseconds to store a message with the index and without, and megabytes. Leaves the store without triggers."""
    with_index = _storing()
    _without_triggers()
    return {"stored with index": with_index, "stored without": _storing(), **_space()}


def _storing() -> float:
    clock, words = Clock(), vocabularies()
    conversation = Conversation.objects.order_by("pk").last()
    pick = random.Random(14)
    texts = [words[pick.choice(["en", "en", "ru", "de", "zh"])].text(pick) for _ in range(STORED)]

    def store() -> None:
        for text in texts:
            Message.objects.create(uuid=uuid4(), conversation=conversation, role="user", text=text)

    return clock.of(store) / STORED


def _without_triggers() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for sql in sqlite_index.drop(sqlite_index.TRIGGERS):
                cursor.execute(sql)
        for name in () if connection.vendor == "sqlite" else postgresql_index.TRIGGERS:
            cursor.execute(f"DROP FUNCTION {name}() CASCADE")


def _space() -> dict[str, float]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sum(length(CAST(text AS BLOB))) / 1e6 FROM conversations_message")
            (text,) = cursor.fetchone()
            cursor.execute("SELECT sum(pgsize) / 1e6 FROM dbstat WHERE name LIKE '%history_%'")
        else:
            cursor.execute("SELECT sum(octet_length(text)) / 1e6 FROM conversations_message")
            (text,) = cursor.fetchone()
            names = "'history_searchentry'", "'history_titleentry'"
            cursor.execute(
                f"SELECT ({' + '.join(f'pg_total_relation_size({name})' for name in names)}) / 1e6"
            )
        return {"text MB": float(text), "index MB": float(cursor.fetchone()[0])}


def own_everything(name: str) -> None:
    """Give all conversations to one person; the index follows."""
    Conversation.objects.update(owner=User.objects.get(username=name))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def measure() -> None:
    """Print all figures as one line of JSON."""
    figures: dict[str, Any] = {"some": searches(["person3", "few"]), "ranked": ranked("person3")}
    own_everything("person3")
    figures |= {"all": searches(["person3"]), "ranked all": ranked("person3"), "costs": costs()}
    sys.stdout.write(json.dumps(figures) + "\n")
