"""What the consumers of all WebSockets share."""

from typing import Any

from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer


class SocketConsumer(AsyncWebsocketConsumer):
    """A WebSocket whose handlers never touch the database themselves.

    Channels tidies the database's connections before each message, and when a socket disconnects, in the thread that
    all share.
    """

    # Hints come to the process, not to each socket.
    channel_layer_alias = "none"

    async def dispatch(self, message: Any) -> None:
        await getattr(self, get_handler_name(message))(message)

    async def websocket_disconnect(self, message: Any) -> None:
        await self.disconnect(message["code"])
        raise StopConsumer
