"""Hints that nobody had reason to send."""

import asyncio

from channels_redis.pubsub import RedisPubSubChannelLayer

from tests.faults.engines import Redis


def burst(redis: Redis, count: int, conversation: int) -> None:
    """So many hints at once, of all kinds: about answers that grow, and about a conversation."""
    asyncio.run(_send(RedisPubSubChannelLayer(hosts=[redis.url]), count, conversation))


async def _send(layer: RedisPubSubChannelLayer, count: int, conversation: int) -> None:
    for number in range(count):
        says = {"changed": conversation} if number % 4 == 0 else {"grown": [number]}
        await layer.group_send("chatsite.hints", {"type": "hint", "by": "nobody", **says})
    await layer.flush()
