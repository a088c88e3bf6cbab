"""When providers are asked for their models: regularly, by a thread of its own, and when an admin asks for it."""

import logging
import threading
import time

from django.db import DatabaseError, connections
from django.db.models.functions import Now

from chatsite.providers.discovery import Discovery, choose_automatic, discover
from chatsite.providers.models import Provider

logger = logging.getLogger(__name__)

# Seconds between two queries for providers that are due, and between two attempts to find Ollama.
POLL_SECONDS = 10
FIND_OLLAMA_SECONDS = 60

# The name of the thread that asks when an admin wants it.
ASKED_ONCE = "model lists, asked once"


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


def ask_at_once(providers: list[Provider]) -> threading.Thread:
    """Ask these providers, after the transaction that saved them. Returns the thread that asks, which is running."""
    asking = threading.Thread(target=_ask, args=(providers,), name=ASKED_ONCE, daemon=True)
    asking.start()
    return asking


def _ask(providers: list[Provider]) -> None:
    try:
        choose_automatic(look_for_ollama=False)
        discover(providers)
    except Exception:  # nothing else reports it
        logger.exception("The model servers could not be asked for their models.")
    finally:
        connections.close_all()
