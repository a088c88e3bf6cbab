"""Adds an answer to the ledger, in the transaction that ends it, by one statement."""

import hashlib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from django.contrib.auth import get_user_model
from django.db import connection

from chatsite.prompts.models import SystemPrompt, SystemPromptVersion
from chatsite.providers.models import Provider
from chatsite.usage.models import COST_UNIT, Source, UsageDay
from chatsite.usage.periods import today

COUNTS = (
    "answers",
    "failed",
    "stopped",
    "unreported",
    "input_tokens",
    "output_tokens",
    "cached_tokens",
    "cost_units",
)


@dataclass(frozen=True, slots=True)
class Use:
    """What one answer took. Tokens and cost are None where they are unknown. is_estimated: the server reported none."""

    person: int
    model: str
    provider: int | None = None
    prompt_version: int | None = None
    source: str = Source.CHAT
    failed: bool = False
    stopped: bool = False
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    cost: Decimal | None = None
    is_estimated: bool = False

    def key(self, day: date) -> str:
        """Return what is the same for all answers of one row."""
        parts = (day, self.person, self.model, self.provider, self.prompt_version, self.source)
        return hashlib.sha256(repr(tuple(map(str, parts))).encode()).hexdigest()

    def counts(self) -> tuple[int, ...]:
        """Return what is added to the row, in the order of COUNTS."""
        units = int((self.cost or 0) / COST_UNIT)
        tokens = (self.input_tokens or 0, self.output_tokens or 0, self.cached_tokens or 0)
        unreported = self.output_tokens is None or self.is_estimated
        return 1, int(self.failed), int(self.stopped), int(unreported), *tokens, units


def add(use: Use, day: date | None = None) -> None:
    """Add an answer to the row of its day. `day`: today, in the site's time zone, unless it is named."""
    day = day or today()
    with connection.cursor() as cursor:
        named = (use.person, use.person, use.model, use.provider, use.provider)
        prompt = (use.prompt_version, use.prompt_version)
        cursor.execute(
            _upsert(),
            (
                use.key(day),
                connection.ops.adapt_datefield_value(day),
                *named,
                *prompt,
                use.source,
                *use.counts(),
            ),
        )


@cache
def _upsert() -> str:
    table, quote = UsageDay._meta.db_table, connection.ops.quote_name
    users, providers = get_user_model()._meta.db_table, Provider._meta.db_table
    versions, prompts = SystemPromptVersion._meta.db_table, SystemPrompt._meta.db_table
    # What an admin has deleted meanwhile leaves no name.
    person = (
        f"(SELECT id FROM {users} WHERE id = %s), COALESCE((SELECT username FROM {users} WHERE id = %s), '')"
    )
    provider = f"(SELECT id FROM {providers} WHERE id = %s), COALESCE((SELECT name FROM {providers} WHERE id = %s), '')"
    prompt = f"""(SELECT id FROM {versions} WHERE id = %s), COALESCE((
        SELECT prompt.name || ' v' || version.number FROM {versions} version
        JOIN {prompts} prompt ON prompt.id = version.prompt_id WHERE version.id = %s), '')"""
    counts = ", ".join(COUNTS)
    sums = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in COUNTS)
    return f"""
        INSERT INTO {quote(table)} ({quote("key")}, day, person_id, person_name, model, provider_id, provider_name,
            prompt_version_id, prompt_name, source, {counts})
        VALUES (%s, %s, {person}, %s, {provider}, {prompt}, %s, {", ".join(["%s"] * len(COUNTS))})
        ON CONFLICT ({quote("key")}) DO UPDATE SET {sums}
    """
