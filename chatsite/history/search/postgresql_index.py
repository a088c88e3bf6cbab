"""The search index in PostgreSQL: vectors of words in the entries, GIN indexes by owner, and the triggers."""

from chatsite.history.search.fold import VERSION
from chatsite.history.search.fold_sql import FOLD, VECTOR

# A place is a second and, within it, the message's id: no other entry has to be read.
PLACES_A_SECOND = 2**25
# The words are indexed with the time, too, in buckets of 2**20 seconds, about 12 days: `place >> BUCKET_BITS`.
BUCKET_BITS = 45

_SEARCH = """
CREATE OR REPLACE FUNCTION history_words(plain text, scope text) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $words$
  SELECT chat_vector(chat_fold(plain)) || array_to_tsvector(string_to_array(scope, ' '))
$words$
"""
_PLACE = (
    f"floor(extract(epoch FROM message.created))::bigint * {PLACES_A_SECOND} + message.id % {PLACES_A_SECOND}"
)
# In the statement itself, not in a function: PostgreSQL would plan its body again for each message.
_SCOPE = """
  SELECT 'o_' || conversation.owner_id || coalesce((
    SELECT ' m_' || replace(chat_fold(run.model), ' ', '_') || coalesce(' p_' || version.prompt_id, '')
    FROM conversations_completion run
    LEFT JOIN prompts_systempromptversion version ON version.id = run.prompt_version_id
    WHERE run.message_id = message.id ORDER BY run.id DESC LIMIT 1), '') AS words OFFSET 0
"""
_ROWS = f"""
  SELECT {_PLACE}, message.id, conversation.owner_id, scope.words, history_words(message.text, scope.words)
  FROM conversations_message message
  JOIN conversations_conversation conversation ON conversation.id = message.conversation_id
  CROSS JOIN LATERAL ({_SCOPE}) scope
"""
_REPLACE = """SET place = excluded.place, owner_id = excluded.owner_id, scope = excluded.scope,
    search = excluded.search"""


def enter_messages(condition: str) -> str:
    """Return a statement that inserts or replaces the entries of messages that meet the condition."""
    return f"""INSERT INTO history_searchentry (place, message_id, owner_id, scope, search) {_ROWS}
        WHERE message.text <> '' AND {condition}
        ON CONFLICT (message_id) DO UPDATE {_REPLACE}"""


def enter_titles(condition: str) -> str:
    return f"""INSERT INTO history_titleentry (conversation_id, owner_id, scope, search)
        SELECT id, owner_id, 'o_' || owner_id, history_words(title, 'o_' || owner_id)
        FROM conversations_conversation conversation WHERE conversation.title <> '' AND {condition}
        ON CONFLICT (conversation_id) DO UPDATE
        SET owner_id = excluded.owner_id, scope = excluded.scope, search = excluded.search"""


def _trigger(name: str, event: str, body: str) -> list[str]:
    """A function and its trigger. A trigger before the row must return it; after it, nothing matters."""
    return [
        f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $trigger$
            BEGIN {body} RETURN NULL; END $trigger$""",
        f"CREATE OR REPLACE TRIGGER {name} AFTER {event} EXECUTE FUNCTION {name}()",
    ]


_LEAVE_MESSAGE = "DELETE FROM history_searchentry WHERE message_id = OLD.id;"
_LEAVE_TITLE = "DELETE FROM history_titleentry WHERE conversation_id = OLD.id;"
_MESSAGE = enter_messages("message.id = NEW.id") + ";"
_TITLE = enter_titles("conversation.id = NEW.id") + ";"
_ANSWER = enter_messages("message.id = NEW.message_id") + ";"
_OF_CONVERSATION = enter_messages("message.conversation_id = NEW.id") + ";"
_EACH = "FOR EACH ROW WHEN"

# By name: the event, and what the trigger does.
TRIGGERS = {
    "history_message_added": (
        f"INSERT ON conversations_message {_EACH} (NEW.text <> '')",
        _MESSAGE,
    ),
    "history_message_changed": (
        f"""UPDATE OF text, created, conversation_id ON conversations_message {_EACH}
            ((OLD.text, OLD.created, OLD.conversation_id) IS DISTINCT FROM
             (NEW.text, NEW.created, NEW.conversation_id))""",
        f"IF NEW.text = '' THEN {_LEAVE_MESSAGE} ELSE {_MESSAGE} END IF;",
    ),
    "history_message_removed": ("DELETE ON conversations_message FOR EACH ROW", _LEAVE_MESSAGE),
    "history_title_added": (f"INSERT ON conversations_conversation {_EACH} (NEW.title <> '')", _TITLE),
    "history_title_changed": (
        f"""UPDATE OF title, owner_id ON conversations_conversation {_EACH}
            ((OLD.title, OLD.owner_id) IS DISTINCT FROM (NEW.title, NEW.owner_id))""",
        f"IF NEW.title = '' THEN {_LEAVE_TITLE} ELSE {_TITLE} END IF;",
    ),
    "history_title_removed": ("DELETE ON conversations_conversation FOR EACH ROW", _LEAVE_TITLE),
    "history_owner_changed": (
        f"""UPDATE OF owner_id ON conversations_conversation {_EACH} (OLD.owner_id <> NEW.owner_id)""",
        _OF_CONVERSATION,
    ),
    "history_completion_added": (
        "INSERT ON conversations_completion FOR EACH ROW",
        _ANSWER,
    ),
    "history_completion_changed": (
        f"""UPDATE OF model, prompt_version_id ON conversations_completion {_EACH}
            ((OLD.model, OLD.prompt_version_id) IS DISTINCT FROM (NEW.model, NEW.prompt_version_id))""",
        _ANSWER,
    ),
}

_TABLES = [
    "CREATE EXTENSION IF NOT EXISTS btree_gin",
    "ALTER TABLE history_searchentry ADD COLUMN IF NOT EXISTS search tsvector NOT NULL DEFAULT ''",
    "ALTER TABLE history_titleentry ADD COLUMN IF NOT EXISTS search tsvector NOT NULL DEFAULT ''",
    # Else the planner takes rare words for common ones.
    "ALTER TABLE history_searchentry ALTER COLUMN search SET STATISTICS 1000",
    f"""CREATE INDEX IF NOT EXISTS history_message_times ON history_searchentry
        USING gin (owner_id, (place >> {BUCKET_BITS}), search)""",
    "DROP INDEX IF EXISTS history_message_words",
    "CREATE INDEX IF NOT EXISTS history_message_places ON history_searchentry (owner_id, place)",
    "CREATE INDEX IF NOT EXISTS history_title_words ON history_titleentry USING gin (owner_id, search)",
]


def install() -> list[str]:
    """Return statements that create the index. An existing index is kept."""
    functions = [FOLD, VECTOR, _SEARCH]
    view = f"CREATE OR REPLACE VIEW history_foldversion AS SELECT {VERSION} AS version"
    triggers = [sql for name, each in TRIGGERS.items() for sql in _trigger(name, *each)]
    return [*functions, *_TABLES, view, *triggers, "DROP FUNCTION IF EXISTS history_scope(bigint, bigint)"]


def remove() -> list[str]:
    """The triggers go with their functions, the columns and indexes with their tables."""
    triggers = [f"DROP FUNCTION IF EXISTS {name}() CASCADE" for name in TRIGGERS]
    functions = [
        "DROP FUNCTION IF EXISTS history_words(text, text)",
        "DROP FUNCTION IF EXISTS history_scope(bigint, bigint)",
        "DROP FUNCTION IF EXISTS chat_vector(text)",
        "DROP FUNCTION IF EXISTS chat_fold(text)",
    ]
    return [*triggers, "DROP VIEW IF EXISTS history_foldversion", *functions]
