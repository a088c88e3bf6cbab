"""The pages for a malformed request, and for a host name that is not this site's."""

import logging

from django.core.exceptions import DisallowedHost
from django.shortcuts import render

from chatsite.seen import Seen

logger = logging.getLogger(__name__)

# Each name is logged once, up to so many names: a visitor can send any.
MAX_LOGGED_HOSTS = 20
_logged = Seen(MAX_LOGGED_HOSTS)


def bad_request(request, exception):
    if not isinstance(exception, DisallowedHost):
        return render(request, "400.html", status=400)
    host = request.META.get("HTTP_HOST", "")[:255]
    _log(host)
    return render(request, "400_host.html", {"host": host}, status=400)


def _log(host: str) -> None:
    if _logged.is_new(host):
        logger.warning("A request for the host %r was refused. CHATSITE_HOSTS does not list it.", host)
