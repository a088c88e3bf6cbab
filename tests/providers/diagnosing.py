"""The test of a provider, and the step of it that fails."""

from chatsite.providers.diagnosis import diagnose
from chatsite.providers.models import Provider


async def steps_of(base_url: str, **fields) -> list:
    return [step async for step in diagnose(Provider(name="Mine", base_url=base_url, **fields))]


async def failure_of(base_url: str, **fields) -> tuple[int, str, str]:
    """Return how many steps passed, and the sentence and the advice of the one that failed."""
    *passed, failed = await steps_of(base_url, **fields)
    assert all(step.ok for step in passed) and not failed.ok
    return len(passed), failed.sentence, failed.advice
