"""Hints between the processes of a site, through the channel layer where there is one. Nothing depends on them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from channels.layers import get_channel_layer

from chatsite.conversations.tasks import Tasks

logger = logging.getLogger(__name__)

GROUP = "chatsite.hints"
# Hints that may be on their way at once, and the seconds that one may take. What is beyond is left out.
MOST_HINTS = 20
HINT_WITHIN = 2.0
# Seconds to wait after the channel layer failed, and between two renewals of the membership, which it can lose.
LAYER_AGAIN_AFTER = 1.0
JOIN_EVERY = 60.0

Hint = dict[str, Any]


class Hints:
    """Sends this process's hints to the others, and receives theirs."""

    def __init__(self) -> None:
        self._process = uuid4().hex
        self._sending = Tasks()

    def send(self, hint: Hint) -> None:
        """Send a hint, and wait for nothing: a layer that hangs must hold up no answer."""
        layer: Any = get_channel_layer()
        if layer is not None and len(self._sending) < MOST_HINTS:
            self._sending.start(self._send(layer, hint))

    async def _send(self, layer: Any, hint: Hint) -> None:
        try:
            async with asyncio.timeout(HINT_WITHIN):
                await layer.group_send(GROUP, {"type": "hint", "by": self._process, **hint})
        except Exception:  # whatever a layer's backend raises; polling the database makes up for it
            logger.exception("A hint could not be sent.")

    async def listen(self, heard: Callable[[Hint], Awaitable[None]]) -> None:
        """Receive the hints of other processes, for as long as there is a layer."""
        layer: Any = get_channel_layer()
        while layer is not None:
            try:
                channel = await layer.new_channel()
                async with asyncio.timeout(JOIN_EVERY):
                    await self._receive(layer, channel, heard)
            except TimeoutError:
                continue
            except Exception:
                logger.exception("Hints cannot be received; it is tried again.")
                await asyncio.sleep(LAYER_AGAIN_AFTER)

    async def _receive(self, layer: Any, channel: str, heard: Callable[[Hint], Awaitable[None]]) -> None:
        await layer.group_add(GROUP, channel)
        try:
            while True:
                hint = await layer.receive(channel)
                if hint["by"] != self._process:
                    await heard(hint)
        finally:
            await layer.group_discard(GROUP, channel)
