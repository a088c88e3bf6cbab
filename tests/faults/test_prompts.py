"""A release at a time on two workers: nobody starts it, and both agree."""

import asyncio
from datetime import datetime

import pytest

from tests.faults.topology import two_workers
from tests.harness.tab import Tab

PUBLISH = """
from chatsite.prompts.models import SystemPrompt
prompt = SystemPrompt.objects.create(name="Support", is_default=True)
prompt.publish("You help customers.")
print("published")
"""
RELEASE = """
from datetime import timedelta
from django.utils import timezone
from chatsite.prompts.models import SystemPrompt
from chatsite.prompts.publishing import release
prompt = SystemPrompt.objects.get(name="Support")
made = release(prompt, prompt.draft("You help everybody."), None, "", at=timezone.now() + timedelta(seconds=4))
print(made.at.isoformat())
"""
ANSWERS = """
SELECT completion.started, version.number FROM conversations_completion completion
JOIN prompts_systempromptversion version ON version.id = completion.prompt_version_id
ORDER BY completion.started
"""
# Seconds between the choice of a version and the time that is stored with its answer.
A_MOMENT = 0.5


@pytest.fixture
def workers(postgres, new_site):
    with two_workers(new_site, postgres) as workers:
        yield workers


async def ask_both(workers) -> None:
    for worker in workers:
        async with Tab(worker.url, worker.cookie) as tab:
            await tab.finished(await tab.ask("Whom do you help?"))


async def test_two_workers_put_a_release_in_force_at_its_time(workers):
    await asyncio.to_thread(workers[0].shell, PUBLISH)
    await ask_both(workers)
    at = datetime.fromisoformat((await asyncio.to_thread(workers[0].shell, RELEASE))[-1])
    while datetime.now(at.tzinfo).timestamp() < at.timestamp() + 2:
        await ask_both(workers)
    await ask_both(workers)
    answers = [(row["started"], row["number"]) for row in workers[0].database.rows(ANSWERS)]
    assert {number for _, number in answers} == {1, 2}
    for started, number in answers:
        late = (started - at).total_seconds()
        assert number == 2 if late > A_MOMENT else number == 1 if late < 0 else True, (late, number)
