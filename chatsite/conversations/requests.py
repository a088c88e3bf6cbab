"""What is sent upstream: the system prompt, and as much of the history as the model can take."""

from chatsite.conversations.models import Role, Said

# Not every server goes on by itself behind an answer that is the last message.
GO_ON = "Go on with your last message from the exact character where it ends. Repeat nothing, and do not start over."


def request_for(
    history: list[Said], prompt: str, context_window: int | None
) -> tuple[list[dict[str, str]], int]:
    """The messages to send, the system prompt first, and how many of the oldest had to be left out.

    All of the history goes, unless the model's context window (tokens) is known and too small for it.
    """
    system = [{"role": "system", "content": prompt}] if prompt.strip() else []
    said = [{"role": message.role, "content": message.text} for message in history if message.text]
    if context_window:
        room = context_window - min(1024, context_window // 4) - sum(map(_tokens, system))
        kept = _newest_that_fit(said, room)
    else:
        kept = said
    return system + kept, len(said) - len(kept)


def _newest_that_fit(messages: list[dict[str, str]], room: int) -> list[dict[str, str]]:
    """The newest messages within `room` tokens, from a person's message on; the last one always."""
    first = len(messages) - 1
    room -= _tokens(messages[first])
    for index in range(first - 1, -1, -1):
        room -= _tokens(messages[index])
        if room < 0:
            break
        if messages[index]["role"] == Role.USER:
            first = index
    return messages[first:]


def _tokens(message: dict[str, str]) -> int:
    """A message's size by a rule of thumb that suits several scripts: four bytes a token, four for the frame."""
    return len(message["content"].encode()) // 4 + 4
