"""A conversation: a tree of messages with a head, and one owner."""

from datetime import datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from chatsite.conversations.models.branch import UNBOUNDED, history_to, lengths_from, part
from chatsite.conversations.models.completion import Completion
from chatsite.conversations.models.conversation_queries import INDEXES, ConversationQuerySet
from chatsite.conversations.models.deletion import Deletable
from chatsite.conversations.models.folder import Folder
from chatsite.conversations.models.message import HistoryItem, Message, Role
from chatsite.conversations.models.touching import touching
from chatsite.conversations.titles import title_from
from chatsite.prompts.models import SystemPrompt
from chatsite.statements import Given, Insert, Select, moment


class Conversation(Deletable):
    """A person's conversation.

    head: the last message of the branch that is shown. deleted: when its owner deleted it. It can be restored for some
    time, and is found nowhere but among what was deleted. temporary_until: None unless it is temporary: it then has no
    title, no list shows it, and it is deleted at that time, which open pages of it put off.
    """

    MAX_TITLE_CHARACTERS = 200

    uuid = models.UUIDField(unique=True, default=uuid4)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="conversations")
    title = models.CharField(max_length=MAX_TITLE_CHARACTERS, blank=True)
    title_is_provisional = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="The title is the first words of a message, until a model or a person gives a better one.",
    )
    head = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True, related_name="+")
    system_prompt = models.ForeignKey(SystemPrompt, models.SET_NULL, null=True, blank=True)
    prompt_since = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When a prompt was chosen after its beginning."
    )
    model = models.CharField(max_length=200, blank=True)
    params = models.JSONField(default=dict, blank=True)
    pinned = models.BooleanField(default=False)
    archived = models.BooleanField(default=False)
    folder = models.ForeignKey(
        Folder, models.SET_NULL, null=True, blank=True, db_index=False, related_name="conversations"
    )
    temporary_until = models.DateTimeField(null=True, editable=False)
    unread = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="An answer has ended, and no page of its owner has shown the conversation since.",
    )
    read_by_staff = models.DateTimeField(
        null=True, editable=False, help_text="When staff read its texts, until its owner has seen who did."
    )
    created = models.DateTimeField(default=timezone.now, editable=False)
    updated = models.DateTimeField(default=timezone.now)
    changed = models.DateTimeField(db_default=Now(), db_index=True, editable=False)

    # A new conversation only has a prompt that its owner may use.
    may_use_prompt = True
    # When its last message was added, before the turn that is being saved.
    last_turn: datetime | None = None
    # Only the turn that makes a title saves it: a person may rename the conversation meanwhile.
    is_title_new = False

    objects = ConversationQuerySet.as_manager()

    class Meta:
        indexes = INDEXES
        permissions = [("view_conversation_text", "Can read what people said, with a reason that they see")]

    def __str__(self) -> str:
        """Return its id. The title is what was said, which the admin and logs do not show."""
        return str(self.uuid)

    def get_absolute_url(self) -> str:
        return reverse("conversations:detail", args=[self.uuid])

    @property
    def is_temporary(self) -> bool:
        return self.temporary_until is not None

    def begin(self) -> None:
        """Store a new conversation. The time of a temporary one is counted from now by the database's clock."""
        INSERT_CONVERSATION.save(self)
        if self.temporary_until:
            Conversation.objects.filter(pk=self.pk).live(self.temporary_until - timezone.now())

    def make_permanent(self) -> None:
        """Make an ordinary conversation of a temporary one, and title it by its first words."""
        first = self.messages.order_by("pk").filter(role=Role.USER).values_list("text", flat=True).first()
        with transaction.atomic():
            self.lock_owner()
            self.temporary_until = None
            self._title_from(first or "")
            self.touch("temporary_until", "title", "title_is_provisional")

    def _title_from(self, text: str) -> None:
        self.title, self.is_title_new = title_from(text), True
        self.title_is_provisional = settings.TITLE_MODEL != "off"

    def say(self, message_uuid: UUID, text: str, parent: Message | None) -> Message:
        """Add a person's message after `parent`. It names a new conversation, and brings an archived one back. `keep`
        or `reply_to` saves the rest."""
        self.archived = False
        if not self.title and not self.temporary_until:
            self._title_from(text)
        return self._add(Message(uuid=message_uuid, parent=parent, role=Role.USER, text=text))

    def reply_to(self, message: Message, **columns) -> Completion:
        """Add an empty answer to a person's message and its completion, and save the conversation."""
        reply = self._add(Message(parent=message, role=Role.ASSISTANT))
        reply.html, reply.feedback = SafeString(), None
        completion = Completion(message=reply, **columns)
        INSERT_COMPLETION.save(completion)
        self.keep()
        return completion

    def _add(self, message: Message) -> Message:
        message.conversation = self
        INSERT_MESSAGE.save(message)
        self.head = message
        self.updated = timezone.now()
        return message

    def rename(self, title: str) -> None:
        """Store the title that a person chose. No model's title takes its place."""
        self.title, self.title_is_provisional = title, False
        self.touch("title", "title_is_provisional")

    def put_into(self, folder: UUID) -> bool:
        """Put a new conversation into this folder of its owner, with the folder's prompt. Returns whether it
        has a prompt now. A folder that was deleted meanwhile is ignored."""
        self.folder = Folder.objects.of(self.owner).filter(uuid=folder).first()
        default = self.folder and self.folder.system_prompt_id
        usable = SystemPrompt.objects.usable_by(self.owner).filter(pk=default) if default else None
        self.system_prompt = usable.first() if usable else None
        return self.system_prompt is not None

    def choose_prompt(self, prompt: SystemPrompt | None) -> None:
        """Use this prompt from now on, which its owner may use. `keep` or `reply_to` saves it."""
        self.system_prompt, self.may_use_prompt = prompt, True
        self.prompt_since = timezone.now() if self.pk else None

    @property
    def uses_prompt_since(self) -> datetime:
        return self.prompt_since or self.created

    def drop_unusable_prompt(self) -> str:
        """Drop a prompt that the owner may not use any more, and return its name. `keep` or `reply_to` saves it."""
        if not self.system_prompt or self.may_use_prompt:
            return ""
        name: str = self.system_prompt.name
        self.system_prompt = None
        return name

    def keep(self) -> None:
        """Save what a turn changes, and set `changed`, which open pages watch. Who writes has read what was there."""
        self.unread = False
        title = ("title", "title_is_provisional") if self.is_title_new else ()
        of_turn = (
            "head",
            "system_prompt",
            "prompt_since",
            "model",
            "params",
            "updated",
            "archived",
            "unread",
        )
        self.touch(*title, *of_turn)

    def touch(self, *fields: str) -> None:
        """Save these fields, and set `changed`, which open pages watch, by the database's clock.

        The same statement returns what lists show, and the time.
        """
        values = {name: self._meta.get_field(name).value_from_object(self) for name in fields}
        row = touching(type(self), fields).row(pk=self.pk, **values)
        if row is None:
            raise Conversation.DoesNotExist
        changed, self.title, is_provisional, head, head_uuid, is_answering, unread, *listed = row
        self.title_is_provisional, self.is_answering = bool(is_provisional), bool(is_answering)
        self.changed, self.unread = moment(changed), bool(unread)
        pinned, archived, deleted, folder, temporary_until = listed
        self.temporary_until = temporary_until and moment(temporary_until)
        self.pinned, self.archived, self.deleted = bool(pinned), bool(archived), deleted and moment(deleted)
        self.folder_uuid = folder and UUID(str(folder))
        if head != (self.head and self.head.pk):
            self.head = head and Message.from_db(self._state.db, ["id", "uuid"], [head, UUID(str(head_uuid))])

    @property
    def newest_completion_id(self) -> int:
        """Return the id of the newest completion of any of its messages; 0 before the first."""
        if self.pk is None:
            return 0
        newest = NEWEST.row(conversation=self.pk)
        return newest[0] if newest else 0

    def branch(self) -> list[Message]:
        """Return all messages of the branch that is shown, with completions and siblings."""
        return part(self.head_id, UNBOUNDED, UNBOUNDED)

    def history(self, head: Message) -> list[HistoryItem]:
        """Return the messages from the first to `head` as a model receives them."""
        return history_to(head)

    def shows(self, message: Message) -> bool:
        """Whether the message is on the branch that is shown."""
        return bool(lengths_from(message.pk, self.head_id, 1))

    def show(self, message: Message) -> None:
        """Show the branch through `message`, down to its newest end. Raises DoesNotExist where that was deleted."""
        with transaction.atomic():
            # A turn that is being saved has changed the row, and its messages cannot be seen before it ends.
            list(Conversation.objects.select_for_update().filter(pk=self.pk).values_list("pk"))
            newest = {parent: pk for pk, parent in self.messages.order_by("pk").values_list("pk", "parent")}
            head = message.pk
            while head in newest:
                head = newest[head]
            self.head_id = head
            self.touch("head")


INSERT_CONVERSATION, INSERT_MESSAGE, INSERT_COMPLETION = map(Insert, (Conversation, Message, Completion))
NEWEST = Select(
    lambda: (
        Completion.objects.filter(message__conversation=Given("conversation", Conversation._meta.pk))
        .order_by("-pk")
        .values_list("pk")[:1]
    )
)
