"""The tab of a page that shows no conversation: it is sent what changes in its person's list."""

from chatsite.chat import events
from chatsite.chat.commands import Check, Command
from chatsite.chat.errors import refusing
from chatsite.chat.queries import Opening
from chatsite.chat.tabs import Tab
from chatsite.conversations.errors import Refusal


class PersonTab(Tab):
    """Takes no command but a check."""

    async def _begin(self, opening: Opening) -> None:
        await self._send(events.person_opened(opening.answering))

    async def _do(self, command: Command) -> None:
        with refusing(command.ref):
            if not isinstance(command, Check):
                raise Refusal("unknown_type", "This command is for the page of a conversation.")
            await self.check()

    async def _send_checked(self) -> None:
        await self._send(events.person_checked())
