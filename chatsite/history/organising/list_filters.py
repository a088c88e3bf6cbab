"""The lists of the history page: all conversations, the pinned, archived and deleted ones, and each folder's."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.http import Http404

from chatsite.conversations.models import Conversation, Folder
from chatsite.history.retention.due import ending

PINNED, ARCHIVED, DELETED, ENDING = "pinned", "archived", "deleted", "ending"
HEADINGS = {
    "": "Your conversations",
    PINNED: "Pinned conversations",
    ARCHIVED: "Archived conversations",
    DELETED: "Recently deleted",
    ENDING: "Deleted soon",
}


@dataclass(frozen=True, slots=True)
class ListFilter:
    """One of these lists. show: its name in addresses; empty for all conversations, and for a folder."""

    show: str = ""
    folder: Folder | None = None

    @property
    def heading(self) -> str:
        return self.folder.name if self.folder else HEADINGS[self.show]

    @property
    def query(self) -> dict[str, str]:
        """The fields of its address."""
        if self.folder:
            return {"folder": str(self.folder.uuid)}
        return {"show": self.show} if self.show else {}

    def conversations(self, user: User) -> Any:
        """Return its conversations. Only the deleted ones are ordered."""
        if self.show == DELETED:
            return Conversation.objects.deleted_by(user)
        if self.show == ENDING:
            return ending(user)
        own = Conversation.objects.of(user)
        if self.show == ARCHIVED:
            return own.filter(archived=True)
        if self.show == PINNED:
            return own.listed().filter(pinned=True)
        return own.listed().filter(folder=self.folder) if self.folder else own.listed()


def list_filter_of(user: User, fields: Any) -> ListFilter:
    """Return the list that the fields of an address or a form name. Raises Http404 for a folder that the person does
    not have."""
    if fields.get("folder"):
        return ListFilter(folder=own_folder(user, fields["folder"]))
    show = fields.get("show", "")
    return ListFilter(show if show in HEADINGS else "")


def own_folder(user: User, uuid: str | UUID) -> Folder:
    """Return the person's folder. Raises Http404, also for a stranger's."""
    try:
        folder: Folder | None = Folder.objects.of(user).filter(uuid=UUID(str(uuid))).first()
    except ValueError:
        folder = None
    if not folder:
        raise Http404
    return folder
