"""The checker: the upstream's journal, the database, the tabs and the stored page, compared in words."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.faults.stored import Shown, messages, stored_page
from tests.harness.site import Site
from tests.harness.tab import Sent, Tab
from tests.upstream import Request, Upstream

ENDS = {"complete", "stopped", "failed", "interrupted"}

RUNS = """
    SELECT answer.id AS answer, answer.uuid, answer.text, run.id AS run, run.status, run.error
    FROM conversations_message AS answer JOIN conversations_message AS question ON question.id = answer.parent_id
    LEFT JOIN conversations_completion AS run ON run.message_id = answer.id
    WHERE question.uuid = ? ORDER BY run.id
"""
LOG = 'SELECT "offset", kind, text FROM conversations_logentry WHERE completion_id = ? ORDER BY "offset"'


def difference(sent: str, kept: str) -> str:
    """How a kept text differs from what was sent, in words; empty when they are equal."""
    if sent == kept:
        return ""
    if sent.startswith(kept):
        return f"lost: the last {len(sent) - len(kept)} of {len(sent)} characters"
    if kept.startswith(sent):
        return f"more than was sent: {kept[len(sent) :][:60]!r}"
    at = next(n for n, pair in enumerate(zip(sent, kept, strict=False)) if pair[0] != pair[1])
    return f"at character {at} of {len(sent)}, {_fault(sent, kept, at)}: {kept[at : at + 60]!r}"


def _fault(sent: str, kept: str, at: int) -> str:
    if sorted(sent) == sorted(kept):
        return "reordered"
    rest = kept[at : at + 12]
    if rest in sent[at:]:
        return "lost"
    return "duplicated" if rest in sent[:at] or len(kept) > len(sent) else "changed"


def not_a_prefix(sent: str, kept: str) -> str:
    """The same, where an end that is missing is not a fault."""
    return "" if sent.startswith(kept) else difference(sent, kept)


@dataclass(frozen=True, slots=True)
class Case:
    """One message that was sent, and all that is known of it."""

    sent: Sent
    questions: int
    runs: list[dict[str, Any]]
    log: list[dict[str, Any]]
    requests: list[Request]
    tabs: tuple[Tab, ...]
    page: dict[str, Shown]

    @property
    def run(self) -> dict[str, Any]:
        return self.runs[-1]

    @property
    def uuid(self) -> str:
        return str(UUID(self.run["uuid"]))


async def complaints(
    site: Site,
    upstream: Upstream,
    sent: Sent,
    *tabs: Tab,
    calls: tuple[int, ...] = (1,),
    killed_at: float | None = None,
) -> list[str]:
    """All that is wrong with one send and its answer; empty when every promise was kept.

    calls: how many upstream calls are right. killed_at: when the process was killed; what was shown in the second
    before may be missing.
    """
    case = await gather(site, upstream, sent, *tabs)
    if wrong := [*_counts(case, calls)]:
        return wrong
    found = [*_state(case), *_text(case), *_log(case), *_page(case)]
    for tab in tabs:
        found += _tab(case, tab, killed_at)
    return [f"{sent.text[:40]!r}: {each}" for each in found]


async def gather(site: Site, upstream: Upstream, sent: Sent, *tabs: Tab) -> Case:
    """What the four sources hold about one send."""
    database, uuid = site.database, UUID(sent.uuid)
    runs = database.rows(RUNS, uuid)
    return Case(
        sent,
        database.value("SELECT count(*) FROM conversations_message WHERE uuid = ?", uuid),
        runs,
        database.rows(LOG, runs[-1]["run"]) if runs else [],
        [request for request in upstream.requests if _asks(request, sent)],
        tabs,
        await stored_page(site.url, tabs[0].cookie if tabs else site.cookie, sent.conversation)
        if runs
        else {},
    )


def _asks(request: Request, sent: Sent) -> bool:
    return bool(request.json["messages"][-1]["content"] == sent.text)


def _counts(case: Case, calls: tuple[int, ...]) -> list[str]:
    """One send is one message, one answer, one run, one call."""
    answers = len({run["answer"] for run in case.runs})
    found = {
        "user messages": (case.questions, (1,)),
        "answers": (answers, (1,)),
        "runs": (len(case.runs), (1,)),
        "upstream calls": (len(case.requests), calls),
    }
    return [f"{count} {what}, not {right}" for what, (count, right) in found.items() if count not in right]


def _state(case: Case) -> list[str]:
    status = case.run["status"]
    wrong = [] if status in ENDS else [f"it is still {status!r}"]
    if status == "failed" and len(case.run["error"]) < 10:
        wrong.append("it failed without a sentence")
    if status == "complete" and not any(request.ended_at for request in case.requests):
        wrong.append("it is called complete, and the upstream had not ended")
    return wrong


def _text(case: Case) -> list[str]:
    """What is stored is a prefix of what was sent, all of it when complete."""
    if not case.requests:
        return [f"stored text that nobody sent: {case.run['text'][:60]!r}"] if case.run["text"] else []
    judge = difference if case.run["status"] == "complete" else not_a_prefix
    wrong = judge(case.requests[-1].text_sent, case.run["text"])
    return [f"stored text {wrong}"] if wrong else []


def _log(case: Case) -> list[str]:
    """The log has no hole, and holds the same text."""
    end = 0
    for row in case.log:
        if row["offset"] != end:
            return [f"the log has {row['offset']} where {end} is next"]
        end += len(row["text"])
    logged = "".join(row["text"] for row in case.log if row["kind"] == "text")
    wrong = difference(case.run["text"], logged)
    return [f"the log differs from the message: {wrong}"] if wrong else []


def _page(case: Case) -> list[str]:
    """A reload shows the state that is stored."""
    shown = case.page.get(case.uuid)
    if shown is None:
        return ["the answer is not on the stored page"]
    return [] if shown.status == case.run["status"] else [f"the page says {shown.status!r}"]


def _tab(case: Case, tab: Tab, killed_at: float | None) -> list[str]:
    answer = tab.answers.get(case.uuid)
    if not answer:
        return ["a tab never saw the answer"]
    stored = case.run["text"]
    if killed_at:
        lost = answer.shown_at(killed_at - 1) - sum(len(row["text"]) for row in case.log)
        wrong = [f"{lost} characters that a tab showed a second earlier are gone"] if lost > 0 else []
    else:
        wrong = [f"a tab's text {fault}" for fault in [difference(stored, answer.text)] if fault]
    for earlier in answer.replaced:
        fault = not_a_prefix(case.requests[-1].text_sent, earlier)
        wrong += [f"a tab's text {fault}"] if fault else []
    return wrong + _end(case, answer.finished)


def _end(case: Case, finished: dict[str, Any] | None) -> list[str]:
    """The end that a tab was sent is the one that a reload shows."""
    if not finished:
        return ["a tab waits for an end that has come"]
    wrong = []
    if finished["status"] != case.run["status"]:
        wrong.append(f"a tab was sent {finished['status']!r}, stored is {case.run['status']!r}")
    # An end that is too large for one event has no HTML: the page fetches it, as a reload does.
    if "html" not in finished:
        return wrong
    live, stored = messages(finished["html"])[case.uuid].body, case.page[case.uuid].body
    if live != stored:
        wrong.append(f"a tab's HTML is not the reload's: {difference(stored, live)}")
    return wrong
