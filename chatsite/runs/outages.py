"""Work that waits until the database is back."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from itertools import chain, repeat
from typing import TypeVar

from django.db import DataError, Error, IntegrityError

logger = logging.getLogger(__name__)

# Seconds between attempts while the database is away; the last one again and again.
RETRY_SECONDS = (0.5, 1, 2)

T = TypeVar("T")


async def until_the_database_answers(work: Callable[[], Awaitable[T]]) -> T:
    """Do this work, and repeat it until the database answers. Raises at once an error that would come every time."""
    pauses = chain(RETRY_SECONDS, repeat(RETRY_SECONDS[-1]))
    is_first = True
    while True:
        try:
            return await work()
        except (IntegrityError, DataError):
            raise
        except Error:
            if is_first:
                logger.exception("The database does not answer; it is tried again until it does.")
            is_first = False
        await asyncio.sleep(next(pauses))
