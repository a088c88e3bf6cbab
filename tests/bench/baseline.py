"""The baseline: the least that a Channels consumer can do and still stream, on Daphne as the site is.

It asks with httpx's own transport, reads with httpx-sse, and passes each delta on in a frame of its own. It knows no
people, stores nothing and renders nothing. Its first frame names the address to ask and the model.
"""

import json
import ssl

import httpx
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter
from django.conf import settings
from httpx_sse import aconnect_sse

settings.configure()

DONE = "[DONE]"
# One for all, without limits, as making one costs more than an answer does.
CLIENT = httpx.AsyncClient(
    timeout=None,
    limits=httpx.Limits(max_connections=None),
    trust_env=False,
    verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
)


class PassOn(AsyncWebsocketConsumer):
    """Answers a message delta by delta, and then says that this was all."""

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        asked = json.loads(text_data or "")
        request = {
            "model": asked["model"],
            "messages": [{"role": "user", "content": asked["text"]}],
            "stream": True,
        }
        url = f"{asked['base_url']}/chat/completions"
        async with aconnect_sse(CLIENT, "POST", url, json=request) as source:
            async for event in source.aiter_sse():
                if event.data == DONE:
                    break
                if text := json.loads(event.data)["choices"][0]["delta"].get("content"):
                    await self.send(text_data=text)
        await self.send(text_data=DONE)


application = ProtocolTypeRouter({"websocket": PassOn.as_asgi()})
