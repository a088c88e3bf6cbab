"""Acts on any number of conversations of one person, and undoes that: a fixed number of statements each."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Now
from django.utils import timezone

from chatsite.conversations.models import Completion, Conversation, Folder
from chatsite.history.organising import sentences
from chatsite.history.organising.models import Act, ActItem, Kind
from chatsite.history.sharing.models import Share, ShareQuerySet

# Names an act in the address of a page: the page offers to undo it.
DONE = "done"
FIELDS = {
    Kind.PIN: "pinned",
    Kind.UNPIN: "pinned",
    Kind.ARCHIVE: "archived",
    Kind.UNARCHIVE: "archived",
    Kind.MOVE: "folder",
    Kind.DELETE: "deleted",
    Kind.RESTORE: "deleted",
}


@dataclass(frozen=True, slots=True)
class Done:
    """What was done, as a sentence for the person. undo: the act's uuid; None where nothing can be undone.

    conversations: the ids of those that were changed, at most two: with two, there may be more.
    page: the page of the conversation, if a single one was deleted. From the page of a new one, Undo leads back to it.
    """

    sentence: str
    undo: UUID | None = None
    conversations: tuple[int, ...] = ()
    page: str = ""


def do(user: User, kind: Kind, conversations: "QuerySet[Conversation]", folder: Folder | None = None) -> Done:
    """Do it with these conversations of the person. `folder`: where to move them; None takes them out of theirs."""
    moment = timezone.now() if kind == Kind.DELETE else None
    act = Act(owner=user, kind=kind, folder=folder, moment=moment)
    field, value = FIELDS[kind], _value(act)
    with transaction.atomic():
        lock(user)
        act.save()
        count = _record(act, _selected(user, kind, conversations).exclude(**{field: value}))
        if not count:
            act.delete()
            return Done(sentences.unchanged(kind, folder))
        changed = Conversation.objects.filter(pk__in=act.items.values("conversation"))
        changed.update(**{field: value}, changed=Now())
        if kind == Kind.DELETE:
            Completion.objects.stop_in(act.items.values("conversation"))
        # What was deleted is not published again by restoring it.
        links = _links_of(act).expire_now() if kind == Kind.RESTORE else 0
        some = list(changed.values_list("pk", "title")[:2])
    sentence = sentences.done(kind, folder, count, title=some[0][1]) + sentences.links_off(links)
    return Done(sentence, act.uuid, tuple(pk for pk, _ in some))


def done_before(user: User, uuid: str) -> Done | None:
    """Return what an act has done, as long as it can be undone; None for anything else."""
    try:
        act = Act.objects.filter(owner=user, uuid=UUID(uuid)).select_related("folder").first()
    except ValueError:
        return None
    items = list(act.items.select_related("conversation")[:1]) if act else []
    if act is None or not items:
        return None
    count, first = act.items.count(), items[0].conversation
    page = first.get_absolute_url() if act.kind == Kind.DELETE and count == 1 else ""
    return Done(sentences.done(Kind(act.kind), act.folder, count, first.title), act.uuid, page=page)


def undo(user: User, uuid: UUID) -> Done:
    """Restore what the conversations of an act had before, except those that were changed since."""
    with transaction.atomic():
        lock(user)
        act = Act.objects.filter(owner=user, uuid=uuid).select_related("folder").first()
        if act is None:
            return Done(sentences.CANNOT_UNDO)
        field = FIELDS[Kind(act.kind)]
        still = Conversation.objects.filter(pk__in=act.items.values("conversation"), **{field: _value(act)})
        some = tuple(still.values_list("pk", flat=True)[:2])
        count = still.update(**{field: _value_before(act)}, changed=Now())
        links = _links_of(act).open().count() if act.kind == Kind.DELETE else 0
        act.delete()
    return Done(sentences.undone(count) + sentences.links_on(links), None, some)


def lock(user: User) -> None:
    """Let the person's turns and other acts wait for this transaction."""
    list(User.objects.select_for_update(no_key=True).filter(pk=user.pk).values_list("pk"))


def _selected(user: User, kind: Kind, conversations: Any) -> Any:
    own = Conversation.objects
    mine = own.deleted_by(user) if kind == Kind.RESTORE else own.of(user)
    return mine.filter(pk__in=conversations.order_by().values("pk"))


def _links_of(act: Act) -> ShareQuerySet:
    links: ShareQuerySet = Share.objects.filter(conversation__in=act.items.values("conversation"))
    return links


def _value(act: Act) -> Any:
    """Return the value that the act sets."""
    if act.kind == Kind.MOVE:
        return act.folder
    if act.kind in (Kind.DELETE, Kind.RESTORE):
        return act.moment
    return act.kind in (Kind.PIN, Kind.ARCHIVE)


def _value_before(act: Act) -> Any:
    field = FIELDS[Kind(act.kind)]
    if field in ("pinned", "archived"):
        return not _value(act)
    return Subquery(act.items.filter(conversation=OuterRef("pk")).values(field)[:1])


def _record(act: Act, conversations: "QuerySet[Conversation]") -> int:
    """Store which conversations the act changes, and what they have. Returns their number."""
    rows = conversations.order_by().values_list("pk", "folder", "deleted", Value(act.pk))
    try:
        sql, params = rows.query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    except EmptyResultSet:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {ActItem._meta.db_table} (conversation_id, folder_id, deleted, act_id) {sql}",
            params,
        )
        return int(cursor.rowcount)
