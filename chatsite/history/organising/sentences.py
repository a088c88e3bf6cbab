"""What a person reads about what was done with their conversations."""

from chatsite.conversations.models import Folder
from chatsite.history.organising.models import Kind

CANNOT_UNDO = "This cannot be undone any more."
SELECT_SOME = "Select at least one conversation first."
NO_FOLDER = "This folder does not exist any more."

_DONE = {
    Kind.PIN: "pinned",
    Kind.UNPIN: "unpinned",
    Kind.ARCHIVE: "archived",
    Kind.UNARCHIVE: "taken out of the archive",
    Kind.DELETE: "deleted",
    Kind.RESTORE: "restored",
}
_ALREADY = _DONE | {
    Kind.UNPIN: "not pinned",
    Kind.UNARCHIVE: "not archived",
    Kind.RESTORE: "restored",
}


def done(kind: Kind, folder: Folder | None, count: int, title: str) -> str:
    """Return what was done with `count` conversations. `title`: of a single one."""
    which = f"“{title or 'Untitled'}”" if count == 1 else f"{count:,} conversations"
    return (
        f"{which} {'was' if count == 1 else 'were'} {_moved(folder) if kind == Kind.MOVE else _DONE[kind]}."
    )


def links_off(count: int) -> str:
    """Return what became of the links to what was restored."""
    return _of_links(count, "stays off until you update it", "stay off until you update them")


def links_on(count: int) -> str:
    """Return what became of the links to what was not deleted after all."""
    return _of_links(count, "works again", "work again")


def _of_links(count: int, of_one: str, of_many: str) -> str:
    if not count:
        return ""
    return f" Its link {of_one}." if count == 1 else f" {count:,} links {of_many}."


def unchanged(kind: Kind, folder: Folder | None) -> str:
    """Return why nothing was changed."""
    state = (f"in “{folder.name}”" if folder else "in no folder") if kind == Kind.MOVE else _ALREADY[kind]
    return f"Nothing has changed: what you selected is {state} already."


def undone(count: int) -> str:
    if not count:
        return "Nothing was undone: it has been changed since."
    return "Undone." if count == 1 else f"Undone for {count:,} conversations."


def purged(count: int) -> str:
    return f"{count:,} conversation{' was' if count == 1 else 's were'} deleted for good."


def _moved(folder: Folder | None) -> str:
    return f"moved to “{folder.name}”" if folder else "taken out of the folder"
