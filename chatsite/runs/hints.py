"""Hints: what changed, for the open pages of this process and, through the channel layer if there is one, of others.

They only make it immediate. What a hint reports is stored, and polling the database finds it.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from channels.layers import get_channel_layer

from chatsite.runs.tasks import Tasks

logger = logging.getLogger(__name__)

GROUP = "chatsite.hints"
# Hints that may be in flight at once, and seconds for each. Further ones are dropped.
MAX_HINTS_IN_FLIGHT = 20
MAX_SEND_SECONDS = 2.0
# Seconds to wait after the channel layer failed, and between two renewals of the membership, which it can lose.
RETRY_SECONDS = 1.0
REJOIN_SECONDS = 60.0

# One of: `changed` (a conversation's id), `gone` (the owner's id and the uuid of a deleted conversation), `over` (the
# same of a temporary one, which only pages that show it know), `many` (the id of a person with many changed
# conversations), `folders` (of one whose folders have changed), `sign_ins` (True), `grown` (ids of completions whose
# log has grown).
Hint = dict[str, Any]
Subscriber = Callable[[Hint], Awaitable[None]]


class Hints:
    """Sends this process's hints to the others, and receives theirs. `subscriber` receives all but `grown`."""

    def __init__(self, subscriber: Subscriber) -> None:
        self._process = uuid4().hex
        self._sending = Tasks()
        self._growth: defaultdict[int, set[asyncio.Event]] = defaultdict(set)
        self._subscriber = subscriber

    async def publish(self, hint: Hint) -> None:
        """Pass a hint to the subscriber in this process, and send it to the other processes."""
        await self._subscriber(hint)
        self.send(hint)

    def growth(self, completion: int) -> asyncio.Event:
        """Return an event that is set when another process has written to this run's log. `forget` it afterwards."""
        event = asyncio.Event()
        self._growth[completion].add(event)
        return event

    def forget(self, completion: int, event: asyncio.Event) -> None:
        self._growth[completion].discard(event)
        if not self._growth[completion]:
            del self._growth[completion]

    def send(self, hint: Hint) -> None:
        """Send a hint without waiting: a layer that hangs must not delay an answer."""
        layer: Any = get_channel_layer()
        if layer is not None and len(self._sending) < MAX_HINTS_IN_FLIGHT:
            self._sending.start(self._send(layer, hint))

    async def _send(self, layer: Any, hint: Hint) -> None:
        try:
            async with asyncio.timeout(MAX_SEND_SECONDS):
                await layer.group_send(GROUP, {"type": "hint", "by": self._process, **hint})
        except Exception:  # backends raise errors of their own; polling the database makes up for it
            logger.exception("A hint could not be sent.")

    async def listen(self) -> None:
        """Receive the hints of other processes until cancelled. Returns at once where there is no layer."""
        layer: Any = get_channel_layer()
        while layer is not None:
            try:
                channel = await layer.new_channel()
                async with asyncio.timeout(REJOIN_SECONDS):
                    await self._receive(layer, channel)
            except TimeoutError:
                continue
            except Exception:
                logger.exception("Hints cannot be received; it is tried again.")
                await asyncio.sleep(RETRY_SECONDS)

    async def _receive(self, layer: Any, channel: str) -> None:
        await layer.group_add(GROUP, channel)
        try:
            while True:
                hint = await layer.receive(channel)
                if hint["by"] != self._process:
                    await self._take(hint)
        finally:
            await layer.group_discard(GROUP, channel)

    async def _take(self, hint: Hint) -> None:
        for completion in hint.get("grown", ()):
            for event in self._growth.get(completion, ()):
                event.set()
        if "grown" not in hint:
            await self._subscriber(hint)
