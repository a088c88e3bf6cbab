"""The check of an answer to a case, made when the answer ends."""

import asyncio

from chatsite.conversations.models import Outcome
from chatsite.prompts.checks import Checked, Result, result
from chatsite.tryouts.models import Status, TryoutAnswer


async def check_result(answer: TryoutAnswer, outcome: Outcome) -> Result | None:
    """Return the check's result; None without a check, and for an answer that is not complete. A regular expression may
    take long, so it is tried in a thread."""
    check = answer.tryout.expected
    if check is None or outcome.status != Status.COMPLETE:
        return None
    said = Checked(outcome.text, outcome.completion_tokens, outcome.finish_reason)
    return await asyncio.to_thread(result, check, said)
