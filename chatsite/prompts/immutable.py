"""Triggers that refuse changes of versions and releases, also by statements that bypass the models."""

from chatsite.immutable import Triggers


def _stays(table: str, fixed: list[str], emptied: list[str]) -> Triggers:
    name = f"{table}_stays"
    sentence = f"rows of {table} never change"
    return Triggers(table, ["id", *fixed], emptied, sentence, function=name, on_update=name)


TRIGGERS = [
    _stays(
        "prompts_systempromptversion",
        ["prompt_id", "number", "text", "source", "snippets", "has_variables", "sha256", "tokens"]
        + ["author_name", "note", "made"],
        ["author_id", "based_on_id"],
    ),
    _stays(
        "prompts_promptrelease",
        [
            "token",
            "prompt_id",
            "version_id",
            "kind",
            "share",
            "at",
            "made",
            "follow",
            "of_id",
            "by_name",
            "note",
        ],
        ["by_id"],
    ),
]


def install(*_) -> None:
    """Create them. For a migration."""
    for triggers in TRIGGERS:
        triggers.install()


def remove(*_) -> None:
    for triggers in TRIGGERS:
        triggers.remove()
