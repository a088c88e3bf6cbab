"""What becomes of a tryout whose process was killed, or whose page is on another worker."""

import re

import httpx
import pytest

from tests.faults.topology import two_workers
from tests.harness.waiting import wait_for

PROMPT = """
from chatsite.prompts.models import SystemPrompt
prompt = SystemPrompt.objects.create(name="Support")
prompt.publish("You help customers.")
print(prompt.pk)
"""
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
ANSWERS = "SELECT status, text FROM tryouts_tryoutanswer"


class Trier:
    """The owner of a site, who tries a prompt without a browser."""

    def __init__(self, site, cookie: str, prompt: str) -> None:
        name, _, value = cookie.partition("=")
        self._client = httpx.Client(base_url=site.url, cookies={name: value}, timeout=30)
        self.path = f"/admin/tryouts/tryout/{prompt}/"

    def get(self, path: str) -> str:
        return self._client.get(path).text

    def post(self, path: str, **fields) -> str:
        """Send a form; returns where it leads."""
        fields["csrfmiddlewaretoken"] = TOKEN.search(self.get(self.path))[1]
        return self._client.post(path, data=fields).headers["Location"].partition("#")[0]

    def tries(self) -> str:
        return self.post(
            self.path, source="typed", turn="Hello?", versions="1", models="test-model", _try="1"
        )


def begun(trier, upstream, site) -> str:
    """A tryout whose answer is being written; the path of its page."""
    hold = upstream.hold()
    path = trier.tries()
    hold.send("So far.")
    wait_for(lambda: site.database.rows(ANSWERS)[0]["text"] == "So far.", "nothing is stored")
    return path


def test_an_answer_of_a_process_that_was_killed_does_not_run_for_ever_and_keeps_its_text(new_site, upstream):
    site = new_site().start()
    trier = Trier(site, site.cookie, site.shell(PROMPT)[0])
    path = begun(trier, upstream, site)
    site.kill()
    site.start()
    wait_for(lambda: "The answer was interrupted" in trier.get(path), "it runs for ever")
    assert site.database.rows(ANSWERS) == [{"status": "interrupted", "text": "So far."}]


def test_an_answer_whose_site_is_ended_is_stored_at_once(new_site, upstream):
    site = new_site().start()
    begun(Trier(site, site.cookie, site.shell(PROMPT)[0]), upstream, site)
    site.end()
    assert site.database.rows(ANSWERS) == [{"status": "interrupted", "text": "So far."}]


@pytest.fixture
def workers(postgres, new_site):
    with two_workers(new_site, postgres) as workers:
        yield workers


def test_an_answer_of_one_worker_is_shown_and_stopped_by_the_other(workers, upstream):
    first, second = workers
    prompt = first.shell(PROMPT)[0]
    trier = Trier(first, first.cookie, prompt)
    other = Trier(second, first.cookie, prompt)
    path = begun(trier, upstream, first)
    assert "So far." in other.get(path)
    other.post(f"{path}stop/", answer="all")
    events = other.get(f"{path}events/")
    assert "Stopped." in events and events.endswith("event: over\ndata:\n\n")
    upstream.closed()
