"""Who opens a socket."""

from typing import Any

from channels.auth import get_user
from channels.db import database_sync_to_async
from channels.sessions import SessionMiddlewareStack

from chatsite.accounts.signed_in import user_of


class SignedIn:
    """Puts the user of the session into the scope. A session that is not valid is left to Channels."""

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        # The session is read in the same thread.
        user = await database_sync_to_async(user_of)(scope["session"])
        return await self.application({**scope, "user": user or await get_user(scope)}, receive, send)


def with_user(application: Any) -> Any:
    """Wrap an application that needs the session and its user in the scope."""
    return SessionMiddlewareStack(SignedIn(application))
