"""The pages for a malformed request, and for a host name that is not this site's; what debug pages must not show."""

import logging
import re
from typing import Any

from django.core.exceptions import DisallowedHost
from django.http import QueryDict
from django.shortcuts import render
from django.template.defaultfilters import pprint
from django.views.debug import SafeExceptionReporterFilter

from chatsite.log_once import Seen

logger = logging.getLogger(__name__)

# Each name is logged once, up to this number of names: a visitor can send any.
MAX_LOGGED_HOSTS = 20
_logged = Seen(MAX_LOGGED_HOSTS)


def bad_request(request: Any, exception: Exception) -> Any:
    if not isinstance(exception, DisallowedHost):
        return render(request, "400.html", status=400)
    host = request.META.get("HTTP_HOST", "")[:255]
    _log(host)
    return render(request, "400_host.html", {"host": host}, status=400)


def _log(host: str) -> None:
    if _logged.is_new(host):
        logger.warning("A request for the host %r was refused. CHATSITE_HOSTS does not list it.", host)


class SecretsHidden(SafeExceptionReporterFilter):
    """Hides secrets also where Django's debug pages show forms and variables, and in addresses of other servers."""

    hidden_settings = re.compile(
        SafeExceptionReporterFilter.hidden_settings.pattern + "|PROXY|CHANNEL_LAYERS|HEADER_VALUES",
        re.IGNORECASE,
    )

    def get_post_parameters(self, request: Any) -> Any:
        shown = super().get_post_parameters(request).copy()
        for name in filter(self.hidden_settings.search, shown):
            shown[name] = self.cleansed_substitute
        return shown

    def get_traceback_frame_variables(self, request: Any, tb_frame: Any) -> Any:
        """A variable may hold the form, or a part of it."""
        variables = super().get_traceback_frame_variables(request, tb_frame)
        secrets = self._sent(request)
        return [(name, self._without(secrets, value)) for name, value in variables] if secrets else variables

    def _sent(self, request: Any) -> set[str]:
        form: Any = getattr(request, "POST", QueryDict())
        return {
            text for name in filter(self.hidden_settings.search, form) for text in form.getlist(name) if text
        }

    def _without(self, secrets: set[str], value: Any) -> Any:
        text = str(pprint(value))
        return self.cleansed_substitute if any(secret in text for secret in secrets) else value
