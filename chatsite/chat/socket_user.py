"""The user who opens a socket."""

from importlib import import_module
from typing import Any

from channels.auth import get_user
from channels.db import database_sync_to_async
from django.conf import settings
from django.http import parse_cookie

from chatsite.accounts.signed_in import user_of


class SignedIn:
    """Puts the session of the socket's cookie and its user into the scope. No event of a socket changes the session, so
    none is saved. A session that is not valid is left to Channels."""

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        session = import_module(settings.SESSION_ENGINE).SessionStore(_session_key(scope["headers"]))
        # The session is read in the same thread.
        user = await database_sync_to_async(user_of)(session)
        scope = {**scope, "session": session}
        return await self.application({**scope, "user": user or await get_user(scope)}, receive, send)


def _session_key(headers: list[tuple[bytes, bytes]]) -> str | None:
    cookies = next((value.decode("latin1") for name, value in headers if name == b"cookie"), "")
    return parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME)
