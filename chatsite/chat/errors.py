"""What goes wrong while a command is done, turned into a sentence for the page."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError

from chatsite.conversations.errors import UNAVAILABLE, Refusal

logger = logging.getLogger(__name__)

UNEXPECTED = "Something went wrong on this site. It has been logged."
SIGNED_OUT = "You are signed out."
# Statuses of refusals by HTTP. Each view names the status of all others.
STATUSES = {"signed_out": 401, "too_many_pages": 429, "unavailable": 503, "internal": 500}


@contextmanager
def refusing(ref: str | None = None) -> Iterator[None]:
    """Turn every error into a Refusal, about the command with this `ref`. What nobody expects is logged."""
    try:
        yield
    except Refusal as refusal:
        refusal.ref = refusal.ref or ref
        raise
    except (InterfaceError, OperationalError) as error:
        logger.exception("The database refused what a page asks for.")
        raise Refusal("unavailable", UNAVAILABLE, ref) from error
    except Exception as error:
        logger.exception("What a page asks for could not be done.")
        raise Refusal("internal", UNEXPECTED, ref) from error


def signed_out() -> Refusal:
    return Refusal("signed_out", SIGNED_OUT)
