"""Updates the open pages after a form that ends sessions, deactivates people or changes what they may use."""

from collections.abc import Awaitable, Callable

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import async_only_middleware

from chatsite.chat.changes import CHANGES

# The apps whose forms can end a session or deactivate a user.
APPS = {"accounts", "admin"}
# The pages of the admin whose forms change limits, or who has which.
LIMITING = ("usage_limit", "usage_extra", "auth_user", "auth_group")


@async_only_middleware
def end_signed_out_pages(
    get_response: Callable[[HttpRequest], Awaitable[HttpResponse]],
) -> Callable[[HttpRequest], Awaitable[HttpResponse]]:
    """Query who is still signed in, and who has used up what, after each form that could have changed it."""

    async def respond(request: HttpRequest) -> HttpResponse:
        response = await get_response(request)
        match = request.resolver_match
        if request.method == "POST" and match and APPS & set(match.app_names):
            await CHANGES.sign_ins_changed()
            if (match.url_name or "").startswith(LIMITING):
                await CHANGES.limits_changed()
        return response

    return respond
