"""The rows that an imported conversation becomes."""

import math
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from chatsite.conversations.models import Completion, Folder, Message, Status
from chatsite.conversations.models.folder import clean_name, key_of
from chatsite.conversations.models.outcome import MAX_ERROR_LENGTH, MAX_FINISH_REASON_LENGTH, count
from chatsite.conversations.texts import storable
from chatsite.history.exchange import texts
from chatsite.history.exchange.identifiers import text_digest
from chatsite.history.exchange.json_types import as_str
from chatsite.history.exchange.records import ReadMessage
from chatsite.history.exchange.times import moment
from chatsite.prompts.models import SystemPrompt, SystemPromptVersion
from chatsite.providers.models import Provider

MAX_COST = Decimal(10**5)
MAX_NESTING = 8
ENDED = {Status.COMPLETE, Status.STOPPED, Status.FAILED, Status.INTERRUPTED}


class Known:
    """What the site has of the names in a file: prompts, their versions, and providers. Each is looked up once."""

    def __init__(self) -> None:
        self._versions: dict[tuple[str, int], SystemPromptVersion | None] = {}
        self._providers: dict[str, Provider | None] = {}
        self._folders: dict[str, Folder | None] = {}

    def prompt(self, name: str, owner: Any) -> SystemPrompt | None:
        """The prompt of this name, if the person may use it."""
        return SystemPrompt.objects.usable_by(owner).filter(name=name).first() if name else None

    def folder(self, name: str, owner: Any) -> Folder | None:
        """The person's folder of this name, which is made if there is none."""
        name = clean_name(name)[: Folder.MAX_NAME_CHARACTERS].strip()
        if not name:
            return None
        if name not in self._folders:
            own = Folder.objects.of(owner)
            self._folders[name] = own.filter(key=key_of(name)).first() or _made(name, owner)
        return self._folders[name]

    def version(self, named: dict[str, Any]) -> SystemPromptVersion | None:
        """Return the version that the file names: the same name, number and text."""
        name, number = texts.name(named.get("name")), _count(named.get("number"))
        if not name or number is None:
            return None
        key = (name, number)
        if key not in self._versions:
            found = SystemPromptVersion.objects.filter(prompt__name=name, number=number)
            self._versions[key] = found.first()
        version = self._versions[key]
        return version if version and text_digest(version.text) == named.get("sha256") else None

    def provider(self, name: str) -> Provider | None:
        if name not in self._providers:
            self._providers[name] = Provider.objects.filter(name=name).first() if name else None
        return self._providers[name]


def _made(name: str, owner: Any) -> Folder | None:
    """Make a folder, unless the person has too many."""
    is_full = Folder.objects.of(owner).count() >= Folder.MAX_FOLDERS
    return None if is_full else Folder.objects.create(owner=owner, name=name)


def completions(message: ReadMessage, row: Message, known: Known) -> list[Completion]:
    """Return the completions of an answer. One of another program has one: its model, and whether it was finished."""
    if message.role == "user":
        return []
    if message.completions is None:
        status = Status.STOPPED if message.is_unfinished else Status.COMPLETE
        why = "The answer was unfinished when it was imported." if message.is_unfinished else ""
        completion = Completion(message=row, model=message.model, status=status, error=why)
        completion.started = message.created
        return [completion]
    return [_completion(raw, row, message.created, known) for raw in message.completions]


def _completion(raw: dict[str, Any], row: Message, created: datetime, known: Known) -> Completion:
    status = as_str(raw.get("status"))
    return Completion(
        message=row,
        status=status if status in ENDED else Status.INTERRUPTED,
        # The site continues by itself only what its own stop has interrupted.
        stop_requested=True,
        model=raw["model"],
        provider=known.provider(texts.name(raw.get("provider"))),
        prompt_version=known.version(raw["prompt"]),
        dropped_prompt=texts.name(raw.get("dropped_prompt"))[:100],
        params=params(raw.get("params")),
        request_hash=texts.name(raw.get("request_hash"))[:64],
        omitted=_count(raw.get("omitted")) or 0,
        text_before=_count(raw.get("text_before")) or 0,
        finish_reason=texts.name(raw.get("finish_reason"))[:MAX_FINISH_REASON_LENGTH],
        prompt_tokens=_count(raw.get("prompt_tokens")),
        completion_tokens=_count(raw.get("completion_tokens")),
        cached_tokens=_count(raw.get("cached_tokens")),
        cost=_cost(raw.get("cost")),
        error_kind=texts.name(raw.get("error_kind"))[:20],
        error=texts.one_line(raw["error"])[:MAX_ERROR_LENGTH] if isinstance(raw.get("error"), str) else "",
        started=moment(raw.get("started")) or created,
        first_delta=moment(raw.get("first_delta")),
        finished=moment(raw.get("finished")),
    )


def params(value: Any) -> dict[str, Any]:
    """The parameters as both databases can store them."""
    return {
        texts.name(name): _plain(each, MAX_NESTING)
        for name, each in (value.items() if isinstance(value, dict) else ())
        if texts.name(name)
    }


def _plain(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict) and depth:
        return {storable(name): _plain(each, depth - 1) for name, each in value.items()}
    if isinstance(value, list) and depth:
        return [_plain(each, depth - 1) for each in value]
    return value if isinstance(value, (bool, int)) else None


def _count(value: Any) -> int | None:
    return count(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _cost(value: Any) -> Decimal | None:
    if not isinstance(value, str):
        return None
    try:
        cost = Decimal(value)
    except InvalidOperation:
        return None
    return cost if cost.is_finite() and 0 <= cost < MAX_COST else None
