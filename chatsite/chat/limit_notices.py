"""Notices about limits for open pages: sent when an answer has ended, and when an admin changes limits."""

from collections.abc import Awaitable, Callable, Iterable, Mapping

from django.contrib.auth.models import User

from chatsite.chat import queries
from chatsite.chat.page import Page
from chatsite.conversations.quotas import SITE_LIMITS
from chatsite.runs.tasks import Tasks


class LimitNotices:
    """Notifies the open pages of a process, which `pages` has by the key of their person."""

    def __init__(self, pages: Mapping[int, Iterable[Page]], tasks: Tasks) -> None:
        self._pages = pages
        self._tasks = tasks

    def used(self, user_id: int) -> None:
        """An answer of this person has ended. On a site without limits this costs nothing."""
        if self._pages.get(user_id) and not SITE_LIMITS.are_none:
            self._tasks.start(self._notify(user_id, queries.limits_of))

    async def changed(self) -> None:
        """Limits have changed, perhaps everybody's."""
        for user_id in list(self._pages):
            await self._notify(user_id, queries.limits_now)

    async def _notify(self, user_id: int, read: Callable[[User], Awaitable[str | None]]) -> None:
        user = next((page.user for page in self._pages.get(user_id, ())), None)
        limits = await read(user) if user else None
        if limits is not None:
            # In a task for each page, so that a slow one delays no other.
            for page in list(self._pages.get(user_id, ())):
                self._tasks.start(page.used(limits))
