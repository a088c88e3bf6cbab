"""Hints that nobody had reason to send."""

import asyncio

from channels_redis.pubsub import RedisPubSubChannelLayer

from tests.harness.engines import Redis


def burst(redis: Redis, count: int, conversation: int) -> None:
    """Send many hints of all kinds at once: about growing answers, and about a conversation."""
    asyncio.run(_send(RedisPubSubChannelLayer(hosts=[redis.url]), count, conversation))


def flood(redis: Redis, most: int = 100_000) -> None:
    """Large hints until Redis gives up a listener that does not read them."""
    redis.client.config_set("client-output-buffer-limit", "pubsub 1mb 1mb 1")
    layer = RedisPubSubChannelLayer(hosts=[redis.url])
    hint = layer.serialize({"type": "hint", "by": "nobody", "grown": list(range(10**6, 10**6 + 10_000))})
    listeners = redis.listeners
    for _ in range(most):
        redis.client.publish("asgi__group__chatsite.hints", hint)
        if redis.listeners < listeners:
            return
    raise AssertionError("nobody is too far behind")


async def _send(layer: RedisPubSubChannelLayer, count: int, conversation: int) -> None:
    for number in range(count):
        says = {"changed": conversation} if number % 4 == 0 else {"grown": [number]}
        await layer.group_send("chatsite.hints", {"type": "hint", "by": "nobody", **says})
    await layer.flush()
