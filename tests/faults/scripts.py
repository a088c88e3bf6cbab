"""What the upstream is made to say: seeded Markdown, floods, endless answers."""

import random
from collections.abc import AsyncIterator, Iterator

from tests.upstream import delta, done, finish, role

SAYING = "the answer grows while you read it and nothing that was shown may go **away** `code` é 日本 🙂"
WORDS = SAYING.split(" ")


def prose(rng: random.Random, length: int) -> str:
    """About `length` characters of Markdown: paragraphs, lists, code, several scripts."""
    blocks: list[str] = []
    while sum(map(len, blocks)) < length:
        blocks.append(rng.choice([_paragraph, _list, _code])(rng))
    return "\n\n".join(blocks)


def _sentence(rng: random.Random) -> str:
    return " ".join(rng.choice(WORDS) for _ in range(rng.randint(6, 14))) + f" {rng.randint(0, 10**6)}."


def _paragraph(rng: random.Random) -> str:
    return " ".join(_sentence(rng) for _ in range(rng.randint(1, 4)))


def _list(rng: random.Random) -> str:
    return "\n".join(f"- {_sentence(rng)}" for _ in range(rng.randint(2, 4)))


def _code(rng: random.Random) -> str:
    return f"```python\nprint({rng.randint(0, 10**9)})  # <&>\n```"


def flood(rng: random.Random, deltas: int) -> tuple[str, Iterator[bytes | float]]:
    """Many small deltas in one second: the text, and the steps of the stream."""
    pieces = [f"{rng.randint(0, 10**6)} {'' if n % 20 else chr(10) * 2}" for n in range(deltas)]
    return "".join(pieces), _in_batches(pieces, 20)


def _in_batches(pieces: list[str], batches: int) -> Iterator[bytes | float]:
    size = -(-len(pieces) // batches)
    yield role()
    for begin in range(0, len(pieces), size):
        yield b"".join(delta(piece) for piece in pieces[begin : begin + size])
        yield 1 / batches
    yield finish() + done()


async def endless(rng: random.Random, size: int, pace: float = 0.002) -> AsyncIterator[bytes | float]:
    """An answer that never ends, in deltas of about `size` characters."""
    yield role()
    text = prose(rng, size) + "\n\n"
    while True:
        yield delta(text)
        yield pace


def endless_line(size: int) -> Iterator[bytes]:
    """One event of `size` bytes that never gets its line end."""
    yield role() + delta("Before the long line.")
    yield b'data: {"choices": [{"delta": {"content": "'
    for _ in range(size // 2**20):
        yield b"x" * 2**20
