"""Measures searches and the cost of the index in a seeded store. Runs inside the site; prints JSON."""

import json
import random
import re
import sys
import time
from collections.abc import Callable, Iterable
from html import unescape
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple
from uuid import uuid4

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Count
from django.test import Client

from chatsite.conversations.models import Conversation, Message
from chatsite.history.search import index, postgresql_index, sqlite_index
from chatsite.history.search.query import read
from chatsite.history.search.results import find
from tests.bench.seeded import PEOPLE, vocabularies

HISTORY = "/conversations/"
LONGEST, FIND = "the longest", "find in it"
QUERIES = 20
REPEATS = 3
OPENINGS = 5
STORED = 1000
COMMON, MID, RARE = range(30), range(300, 1500), range(15_000, 30_000)


class Cost(NamedTuple):
    """Milliseconds: of processor time, and of the clock on the wall."""

    cpu: float
    wall: float


class Clock:
    """Measures processor time of this thread, and of the PostgreSQL process that serves it."""

    def __init__(self) -> None:
        self._server = None
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                self._server = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")

    def of(self, work: Callable[[], Any]) -> Cost:
        begun, at = self._cpu(), time.perf_counter()
        work()
        return Cost(self._cpu() - begun, (time.perf_counter() - at) * 1000)

    def median_of(self, work: Callable[[], Any]) -> Cost:
        costs = [self.of(work) for _ in range(REPEATS)]
        return Cost(*(median(each) for each in zip(*costs, strict=True)))

    def _cpu(self) -> float:
        server = int(self._server.read_text().split()[0]) / 1e6 if self._server else 0
        return time.thread_time() * 1000 + server


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


def searches(names: Iterable[str]) -> list[dict[str, Any]]:
    """p50 and p95 of what a search and a page of results cost each of these people."""
    return [
        {"kind": kind, **_measured(typed, {name: User.objects.get(username=name) for name in names})}
        for kind, typed in queries().items()
    ]


def _measured(typed: list[str], people: dict[str, User]) -> dict[str, float]:
    row, clock = {}, Clock()
    for name, person in people.items():
        client = signed_in(person)
        finding = [clock.median_of(lambda each=each: find(person, read(each))) for each in typed]  # noqa: B023
        pages = [clock.median_of(lambda each=each: client.get(HISTORY, {"q": each})) for each in typed]  # noqa: B023
        row |= shares(name, finding) | shares(f"page {name}", pages)
    return row


def signed_in(person: User) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(person)
    return client


def shares(name: str, costs: list[Cost]) -> dict[str, float]:
    """p50 and p95 of processor time, and p95 of the clock on the wall."""
    cpu, wall = ([cost[kind] for cost in costs] for kind in (0, 1))
    return {f"{name} p50": at(cpu, 0.5), f"{name} p95": at(cpu, 0.95), f"{name} wall p95": at(wall, 0.95)}


def at(values: list[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def pages(name: str) -> dict[str, float]:
    """What the history page costs, the next part of its list, opening conversations, and finding a word in one."""
    clock, person = Clock(), User.objects.get(username=name)
    client = signed_in(person)
    own = Conversation.objects.filter(owner=person).order_by("-updated")
    longest = own.annotate(count=Count("messages")).order_by("-count")[0].get_absolute_url()
    older = re.search(r"\?before=[^\"#]+", client.get(HISTORY).content.decode())
    addresses = {
        "history": HISTORY,
        "next part": f"{HISTORY}list/{unescape(older[0])}" if older else HISTORY,
        "newest": own[0].get_absolute_url(),
        "old": own[own.count() // 2].get_absolute_url(),
        LONGEST: longest,
        FIND: f"{longest}find/?q={vocabularies()['en'].words[MID[0]]}",
    }
    return {what: _opening(clock, client, address) for what, address in addresses.items()}


def _opening(clock: Clock, client: Client, address: str) -> float:
    assert client.get(address).status_code == 200, address
    return median(clock.median_of(lambda: client.get(address)).cpu for _ in range(OPENINGS))


def ranked(name: str) -> dict[str, float]:
    """What best matches first costs for common words."""
    clock, person = Clock(), User.objects.get(username=name)
    typed = queries()["common"]
    costs = [clock.median_of(lambda each=each: find(person, read(each), best=True)).cpu for each in typed]
    return {"p50": at(costs, 0.5), "p95": at(costs, 0.95)}


def costs() -> dict[str, float]:
    """Megabytes of the index, and milliseconds to store a message with it and without. The store stays as it was."""
    space, last = _space(), Message.objects.latest("pk").pk
    with_index = _storing()
    _without_triggers()
    without = _storing()
    index.install()
    Message.objects.filter(pk__gt=last).delete()
    return {"stored with index": with_index, "stored without": without, **space}


def _storing() -> float:
    clock, words = Clock(), vocabularies()
    conversation = Conversation.objects.order_by("pk").last()
    pick = random.Random(14)
    texts = [words[pick.choice(["en", "en", "ru", "de", "zh"])].text(pick) for _ in range(STORED)]

    def store() -> None:
        for text in texts:
            Message.objects.create(uuid=uuid4(), conversation=conversation, role="user", text=text)

    return clock.of(store).cpu / STORED


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


def measure() -> None:
    """Print all figures as one line of JSON."""
    figures: dict[str, Any] = {
        "searches": searches(PEOPLE),
        "ranked": {name: ranked(name) for name in PEOPLE},
        "pages": pages("most"),
    }
    sys.stdout.write(json.dumps(figures | {"costs": costs()}) + "\n")


def measure_pages() -> None:
    """Print what pages cost in a small store."""
    sys.stdout.write(json.dumps({"pages": pages("most")}) + "\n")
