"""Exchange: the import of a large ChatGPT file, what it costs others meanwhile, and the export of what it brought."""

import json
import os
import random
import signal
import time
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from statistics import median

from tests.bench.bench import Bench
from tests.bench.reports import Figure, Report, Row
from tests.harness.meter import MIB, Meter
from tests.harness.people import sign_in
from tests.harness.site import Site

TITLE = "Exchange: a ChatGPT file of 200 MB comes, and all of it goes out again as JSON"
MEGABYTES, QUICK_MEGABYTES = 200, 10
MESSAGES_A_CONVERSATION = 30
WORDS_A_MESSAGE = 130
PAUSE_SECONDS = 0.5
# Of the process that the site starts for an uploaded file (chatsite.history.exchange.worker).
NICENESS = 10
PIECE_BYTES = 64 * 1024
# For a response, and for each part of it.
MAX_SECONDS = 300
IDLE = "import resource, sys; sys.stdout.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))"

# 3,000 messages a second.
IMPORT_CPU_MS = 1000 / 3000
IMPORT_MIB, EXPORT_MIB = 150, 10
PAGE_RATIO, FIRST_BYTE_SECONDS = 2.0, 1.0


def measure(bench: Bench) -> Report:
    """Seconds are of processor time, so that a busy machine counts little."""
    report = Report(TITLE)
    path = bench.folder / "conversations.json"
    messages = write_file(path, QUICK_MEGABYTES if bench.options.quick else MEGABYTES)
    bench.say(f"a file of {path.stat().st_size // MIB} MB with {messages:,} messages is written")
    with bench.worker() as site:
        site.cookie = sign_in(site)
        imported(site, path, messages, report, bench)
        exported(site, report)
    return report


def write_file(path: Path, megabytes: int) -> int:
    """Conversations as ChatGPT exports them, the same each time; returns how many messages they have."""
    chance = random.Random(1)
    words = [
        "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 10))) for _ in range(4000)
    ]
    words += ["Straße", "déjà", "сколько", "天气怎么样"]
    count, between = 0, "["
    with path.open("w", encoding="utf-8") as file:
        while file.tell() < megabytes * MIB:
            file.write(between + json.dumps(_conversation(count, words, chance)))
            count, between = count + 1, ",\n"
        file.write("]")
    return count * MESSAGES_A_CONVERSATION


def _conversation(number: int, words: list[str], chance: random.Random) -> dict:
    begun = 1_500_000_000 + 1000 * number
    mapping = {}
    for place in range(MESSAGES_A_CONVERSATION):
        message = {
            "author": {"role": "assistant" if place % 2 else "user", "name": None, "metadata": {}},
            "create_time": begun + 10 * place,
            "content": {
                "content_type": "text",
                "parts": [" ".join(chance.choices(words, k=WORDS_A_MESSAGE))],
            },
            "status": "finished_successfully",
            "metadata": {"model_slug": "gpt-5"} if place % 2 else {},
            "recipient": "all",
        }
        parent = f"n{place - 1}" if place else None
        mapping[f"n{place}"] = {"id": f"n{place}", "parent": parent, "children": [], "message": message}
    about = {"id": f"c{number}", "title": " ".join(chance.choices(words, k=4)), "create_time": begun}
    return about | {"mapping": mapping, "current_node": f"n{MESSAGES_A_CONVERSATION - 1}"}


def imported(site: Site, path: Path, messages: int, report: Report, bench: Bench) -> None:
    """Import it by the command, in a process as nice as the site's own. It is paused for every second page."""
    (idle,) = site.shell(IDLE)
    site.people(1)
    begun = time.monotonic()
    process = site.manage("import", str(path), "--user", "owner", "--json")
    os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
    meter, alone, beside, peak, cpu, paused = Meter(process.pid), [], [], 0, 0.0, 0.0
    while process.poll() is None:
        peak, cpu = max(peak, meter.peak), meter.cpu
        beside.append(page_seconds(site))
        process.send_signal(signal.SIGSTOP)
        alone.append(page_seconds(site))
        paused += alone[-1]
        process.send_signal(signal.SIGCONT)
        time.sleep(PAUSE_SECONDS)
    seconds = time.monotonic() - begun - paused
    counts = json.loads(process.communicate()[0])
    bench.say(f"imported in {seconds:.0f} s, with {cpu:.1f} s of processor time")
    report.rows += [
        row("import", counts["messages"], cpu, seconds, peak),
        row("GET / while it is paused", pages=alone),
        row("GET / meanwhile", pages=beside),
    ]
    grown = (peak - int(idle) * 1024) / MIB
    report.figures += [
        Figure("import: CPU a message", 1000 * cpu / messages, IMPORT_CPU_MS, "ms"),
        Figure("import: peak memory above an idle process", grown, IMPORT_MIB, "MiB"),
        Figure("GET / of another person meanwhile, median", median(beside) / median(alone), PAGE_RATIO, "×"),
        Figure("GET / of another person meanwhile, p95", p95(beside) / p95(alone), PAGE_RATIO, "×"),
    ]


def row(
    of: str,
    messages: int | None = None,
    cpu: float | None = None,
    seconds: float | None = None,
    peak: int | None = None,
    pages: Sequence[float] = (),
) -> Row:
    return {
        "of": of,
        "messages": messages,
        "CPU s": cpu,
        "s": seconds,
        "messages/CPU s": messages / cpu if messages and cpu else None,
        "peak MiB": peak / MIB if peak else None,
        "p50 ms": 1000 * median(pages) if pages else None,
        "p95 ms": 1000 * p95(pages) if pages else None,
    }


def p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


def exported(site: Site, report: Report) -> None:
    meter = site.meter.start()
    idle, begun = meter.memory, time.monotonic()
    answer = get(site, "/conversations/export/?format=json", site.cookie)
    answer.read(1)
    first = time.monotonic() - begun
    size = 1
    while piece := answer.read(PIECE_BYTES):
        size += len(piece)
    seconds, grown = time.monotonic() - begun, (meter.peak - idle) / MIB
    messages = site.database.value("SELECT count(*) FROM conversations_message")
    report.rows.append(row("export", messages, meter.cpu, seconds, meter.peak))
    report.figures += [
        Figure(f"export of {size / MIB:.0f} MB: first byte", first, FIRST_BYTE_SECONDS, "s"),
        Figure("export: peak memory above the idle site's", grown, EXPORT_MIB, "MiB"),
    ]


def page_seconds(site: Site) -> float:
    """Of somebody who imports nothing."""
    begun = time.monotonic()
    response = get(site, "/", site.cookies[0])
    response.read()
    assert response.status == 200, response.status
    return time.monotonic() - begun


def get(site: Site, path: str, cookie: str) -> HTTPResponse:
    connection = HTTPConnection("127.0.0.1", site.port, timeout=MAX_SECONDS)
    connection.request("GET", path, headers={"Cookie": cookie})
    return connection.getresponse()
