"""The search index in SQLite: two FTS5 tables without content, and the triggers that keep them up to date.

Triggers on messages, conversations and completions write the entries; triggers on the entries write the words. So the
words stay correct whichever code or SQL changes the entries. FTS5 needs the same folded text to remove a posting as to
add it, so a changed fold needs a rebuild.
"""

from dataclasses import dataclass, replace

from chatsite.history.search.fold import VERSION

# A place stands for some seconds: the fewer places there are between two messages, the smaller the index is.
SECONDS_A_PLACE = 4
# A message whose place is taken gets the next free one of this many, otherwise the one after the last of the next hour
# or month.
NEXT_PLACES = 256
_HOUR, _MONTH = 3600 // SECONDS_A_PLACE, 30 * 86400 // SECONDS_A_PLACE
# The number of segments that FTS5 merges, little by little. Its default of 4 makes a stored message cost twice as much
# on average, and 16 would make it merge them all in one transaction.
SEGMENTS_TO_MERGE = 8
# Holds something while new entries get their words later, all in one statement. Of each message alone, FTS5 would
# write a segment.
_LATER = "EXISTS (SELECT 1 FROM history_later)"


@dataclass(frozen=True, slots=True)
class Words:
    """An FTS5 table and the source of its words. `key` is its rowid."""

    table: str
    entries: str
    key: str
    source: str
    source_key: str
    text: str
    # On which condition new entries get their words at once.
    at_once: str = "1"

    @property
    def create(self) -> str:
        # The scope comes last: FTS5 marks each posting that is not in the first column.
        return f"""CREATE VIRTUAL TABLE IF NOT EXISTS {self.table} USING fts5(
            text, scope, content='', tokenize="ascii tokenchars '_'")"""

    @property
    def set_merging(self) -> str:
        return f"INSERT INTO {self.table} ({self.table}, rank) VALUES ('automerge', {SEGMENTS_TO_MERGE})"

    def named(self, table: str) -> "Words":
        """Return the same with another table name. New entries get their words there at once."""
        return replace(self, table=table, at_once="1")

    def copy(self, first: str) -> str:
        """Return a statement that indexes the entries after the key `first`, up to its parameter."""
        return self.enter(f"entry.{self.key} > ({first}) AND entry.{self.key} <= %s")

    def enter(self, condition: str) -> str:
        """Return a statement that indexes the entries that meet a condition, in the order that FTS5 wants."""
        return f"""INSERT INTO {self.table} (rowid, text, scope)
            SELECT entry.{self.key}, chat_fold(source.{self.text}), entry.scope FROM {self.entries} entry
            JOIN {self.source} source ON source.id = entry.{self.source_key}
            WHERE {condition} ORDER BY entry.{self.key}"""

    def triggers(self, condition: str = "1") -> dict[str, str]:
        """Return the triggers on the entries, by name. condition: on `ROW`, the entry."""
        added, removed = self._write("NEW"), self._write("OLD")
        event = f"AFTER INSERT ON {self.entries} WHEN {self.at_once} AND {condition.replace('ROW', 'NEW')}"
        gone = f"BEFORE DELETE ON {self.entries} WHEN {condition.replace('ROW', 'OLD')}"
        change = f"OLD.scope IS NOT NEW.scope AND {condition.replace('ROW', 'OLD')}"
        return {
            f"{self.table}_added": f"{event} BEGIN {added} END",
            f"{self.table}_removed": f"{gone} BEGIN {removed} END",
            f"{self.table}_scoped": f"AFTER UPDATE ON {self.entries} WHEN {change} BEGIN {removed} {added} END",
        }

    def _write(self, row: str) -> str:
        command, value = (f"{self.table}, ", "'delete', ") if row == "OLD" else ("", "")
        return f"""INSERT INTO {self.table} ({command}rowid, text, scope)
            SELECT {value}{row}.{self.key}, chat_fold(source.{self.text}), {row}.scope
            FROM {self.source} source WHERE source.id = {row}.{self.source_key};"""


MESSAGES = Words(
    "history_messagewords",
    "history_searchentry",
    "place",
    "conversations_message",
    "message_id",
    "text",
    f"NOT {_LATER}",
)
TITLES = Words(
    "history_titlewords",
    "history_titleentry",
    "conversation_id",
    "conversations_conversation",
    "conversation_id",
    "title",
)


def _behind_the_last(places: int) -> str:
    """Return an expression for the place after the last one of the first `places` places; NULL if there is none."""
    return f"""(SELECT CASE WHEN last < first + {places - 1} THEN last + 1 END FROM (
        SELECT max(place) AS last FROM history_searchentry WHERE place BETWEEN first AND first + {places - 1}))"""


_PLACE = f"""(
    SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM history_searchentry WHERE place = first) THEN first ELSE coalesce(
        (SELECT place + 1 FROM (
            SELECT place FROM history_searchentry WHERE place >= first ORDER BY place LIMIT {NEXT_PLACES}
        ) taken WHERE NOT EXISTS (SELECT 1 FROM history_searchentry WHERE place = taken.place + 1) LIMIT 1),
        {_behind_the_last(_HOUR)},
        {_behind_the_last(_MONTH)},
        (SELECT max(place) + 1 FROM history_searchentry)
    ) END
    FROM (SELECT CAST(strftime('%s', message.created) AS INTEGER) / {SECONDS_A_PLACE} AS first)
)"""
_SCOPE = """'o_' || conversation.owner_id || coalesce((
    SELECT ' m_' || replace(chat_fold(run.model), ' ', '_') || coalesce(' p_' || version.prompt_id, '')
    FROM conversations_completion run
    LEFT JOIN prompts_systempromptversion version ON version.id = run.prompt_version_id
    WHERE run.message_id = message.id ORDER BY run.id DESC LIMIT 1
), '')"""
_MESSAGE = """conversations_message message
    JOIN conversations_conversation conversation ON conversation.id = message.conversation_id"""


def enter_message(message: str) -> str:
    """Return a statement that inserts the entry of a message. message: an expression for its id."""
    return f"""INSERT INTO history_searchentry (place, message_id, owner_id, scope)
        SELECT {_PLACE}, message.id, conversation.owner_id, {_SCOPE} FROM {_MESSAGE} WHERE message.id = {message};"""


def enter_title(conversation: str) -> str:
    return f"""INSERT INTO history_titleentry (conversation_id, owner_id, scope)
        SELECT id, owner_id, 'o_' || owner_id FROM conversations_conversation WHERE id = {conversation};"""


_OF_OTHERS = """SELECT entry.message_id FROM history_searchentry entry
    JOIN conversations_message message ON message.id = entry.message_id
    JOIN conversations_conversation conversation ON conversation.id = message.conversation_id
    WHERE conversation.owner_id <> entry.owner_id"""
_OTHER_OWNER = """owner_id <> (SELECT owner_id FROM conversations_conversation conversation
    WHERE conversation.id = history_titleentry.conversation_id)"""


def scope_again() -> list[str]:
    """Return statements that correct entries whose owner is not that of their conversation."""
    title = """UPDATE history_titleentry SET (owner_id, scope) = (SELECT owner_id, 'o_' || owner_id
        FROM conversations_conversation WHERE id = history_titleentry.conversation_id)"""
    return [_scope(_OF_OTHERS), f"{title} WHERE {_OTHER_OWNER}"]


def _scope(messages: str) -> str:
    return f"""UPDATE history_searchentry SET (owner_id, scope) = (
            SELECT conversation.owner_id, {_SCOPE} FROM {_MESSAGE} WHERE message.id = history_searchentry.message_id
        ) WHERE message_id IN ({messages});"""


_SAID, _TITLED = "conversations_message", "conversations_conversation"
_LEAVE_MESSAGE = "DELETE FROM history_searchentry WHERE message_id = OLD.id;"
_LEAVE_TITLE = "DELETE FROM history_titleentry WHERE conversation_id = OLD.id;"
_OTHER_MESSAGE = (
    "(OLD.text, OLD.created, OLD.conversation_id) IS NOT (NEW.text, NEW.created, NEW.conversation_id)"
)
_OTHER_TITLE = "(OLD.title, OLD.owner_id) IS NOT (NEW.title, NEW.owner_id)"
_OF_CONVERSATION = "SELECT id FROM conversations_message WHERE conversation_id = NEW.id"

_SOURCES = {
    "history_message_added": f"AFTER INSERT ON {_SAID} WHEN NEW.text <> '' BEGIN {enter_message('NEW.id')} END",
    "history_message_changing": f"""BEFORE UPDATE OF text, created, conversation_id ON {_SAID}
        WHEN {_OTHER_MESSAGE} BEGIN {_LEAVE_MESSAGE} END""",
    "history_message_changed": f"""AFTER UPDATE OF text, created, conversation_id ON {_SAID}
        WHEN NEW.text <> '' AND {_OTHER_MESSAGE} BEGIN {enter_message("NEW.id")} END""",
    "history_message_removed": f"BEFORE DELETE ON {_SAID} BEGIN {_LEAVE_MESSAGE} END",
    "history_title_added": f"AFTER INSERT ON {_TITLED} WHEN NEW.title <> '' BEGIN {enter_title('NEW.id')} END",
    "history_title_changing": f"""BEFORE UPDATE OF title, owner_id ON {_TITLED}
        WHEN {_OTHER_TITLE} BEGIN {_LEAVE_TITLE} END""",
    "history_title_changed": f"""AFTER UPDATE OF title, owner_id ON {_TITLED}
        WHEN NEW.title <> '' AND {_OTHER_TITLE} BEGIN {enter_title("NEW.id")} END""",
    "history_title_removed": f"BEFORE DELETE ON {_TITLED} BEGIN {_LEAVE_TITLE} END",
    "history_owner_changed": f"""AFTER UPDATE OF owner_id ON {_TITLED}
        WHEN OLD.owner_id <> NEW.owner_id BEGIN {_scope(_OF_CONVERSATION)} END""",
    "history_completion_added": f"""AFTER INSERT ON conversations_completion
        BEGIN {_scope("NEW.message_id")} END""",
    "history_completion_changed": f"""AFTER UPDATE OF model, prompt_version_id ON conversations_completion
        WHEN (OLD.model, OLD.prompt_version_id) IS NOT (NEW.model, NEW.prompt_version_id)
        BEGIN {_scope("NEW.message_id")} END""",
}
_NOTED = {
    "history_later_noted": f"""AFTER INSERT ON history_searchentry WHEN {_LATER}
        BEGIN INSERT INTO history_later VALUES (NEW.place); END""",
}
TRIGGERS = {**MESSAGES.triggers(), **TITLES.triggers(), **_SOURCES, **_NOTED}

BEGIN_LATER = "INSERT INTO history_later VALUES (NULL)"
END_LATER = [
    MESSAGES.enter("entry.place IN (SELECT place FROM history_later)"),
    "DELETE FROM history_later",
]


def install() -> list[str]:
    """Return statements that create the index. An existing index is kept."""
    others = [
        "CREATE TABLE IF NOT EXISTS history_later (place INTEGER)",
        "DROP VIEW IF EXISTS history_foldversion",
        f"CREATE VIEW history_foldversion AS SELECT {VERSION} AS version",
    ]
    return [MESSAGES.create, TITLES.create, MESSAGES.set_merging, *others, *create(TRIGGERS)]


def remove() -> list[str]:
    names = (MESSAGES.table, TITLES.table, "history_later")
    tables = [f"DROP TABLE IF EXISTS {name}" for name in names]
    return [*drop(TRIGGERS), *tables, "DROP VIEW IF EXISTS history_foldversion"]


def create(triggers: dict[str, str]) -> list[str]:
    return drop(triggers) + [f"CREATE TRIGGER {name} {sql}" for name, sql in triggers.items()]


def drop(triggers: dict[str, str]) -> list[str]:
    return [f"DROP TRIGGER IF EXISTS {name}" for name in triggers]
