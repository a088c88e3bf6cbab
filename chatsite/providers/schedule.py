"""When providers are asked for their models: regularly, by a thread of its own, and when an admin asks for it."""

import logging
import threading
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet

from django.db import DatabaseError, connections
from django.db.models.functions import Now

from chatsite.providers.discovery import Discovery, choose_automatic, discover
from chatsite.providers.models import Provider

logger = logging.getLogger(__name__)

# Seconds between two queries for providers that are due, and between two attempts to find Ollama.
POLL_SECONDS = 10
FIND_OLLAMA_SECONDS = 60


class Schedule:
    """The thread that asks. It is a daemon: the end of the process does not wait for model servers."""

    def __init__(self, poll_seconds: float = POLL_SECONDS) -> None:
        self._poll_seconds = poll_seconds
        self._ended = threading.Event()

    def begin(self) -> None:
        """Start the thread."""
        threading.Thread(target=self._run, name="model lists", daemon=True).start()

    def end(self) -> None:
        """Let the thread end after what it does now."""
        self._ended.set()

    def _run(self) -> None:
        searched = time.monotonic()
        while not self._ended.wait(self._poll_seconds):
            is_time = time.monotonic() - searched >= FIND_OLLAMA_SECONDS
            searched = time.monotonic() if is_time else searched
            try:
                ask_due(look_for_ollama=is_time)
            except DatabaseError:
                logger.exception("The model servers could not be asked for their models; it is tried again.")
            except Exception:  # the next poll may succeed, and nothing else would restart this thread
                logger.exception("Asking the model servers for their models failed unexpectedly.")
            finally:
                connections.close_all()


def ask_due(look_for_ollama: bool) -> list[Discovery]:
    """Ask the providers whose list is old, except those that another worker is asking."""
    if look_for_ollama:
        choose_automatic()
    due = [provider for provider in Provider.objects.due() if _claimed(provider)]
    return discover(due) if due else []


def _claimed(provider: Provider) -> bool:
    return bool(Provider.objects.due().filter(pk=provider.pk).update(asked=Now()))


def ask_at_once(providers: list[Provider], wait_seconds: float) -> list[Discovery] | None:
    """Ask these providers, after the transaction that saved them. Returns None when they take longer than the wait; a
    thread then continues to wait for them."""
    found: Future[list[Discovery]] = Future()
    threading.Thread(
        target=_ask, args=(providers, found), name="model lists, asked once", daemon=True
    ).start()
    try:
        return found.result(wait_seconds)
    except NotYet:
        return None


def _ask(providers: list[Provider], found: "Future[list[Discovery]]") -> None:
    try:
        choose_automatic(look_for_ollama=False)
        found.set_result(discover(providers))
    except Exception as error:
        logger.exception("The model servers could not be asked for their models.")
        found.set_exception(error)
    finally:
        connections.close_all()
