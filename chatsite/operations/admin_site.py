"""The admin's site: what all of its pages share."""

from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import DataError
from django.http import HttpRequest, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path

from chatsite.operations.variables import unknown, values

TOO_LARGE = "The address of this page had a number that is too large, so everything is shown."


class AdminSite(admin.AdminSite):
    """Django's, whose pages can be asked for any number, and that shows what the environment sets."""

    def get_urls(self) -> list[Any]:
        own = path("environment/", self.admin_view(self.environment), name="environment")
        return [own, *super().get_urls()]

    def environment(self, request: Any) -> TemplateResponse:
        """The settings from the environment, for those who may do everything."""
        if not request.user.is_superuser:
            raise PermissionDenied
        shown = {"values": values(), "unknown": unknown(), "title": "Settings from the environment"}
        return TemplateResponse(request, "admin/environment.html", self.each_context(request) | shown)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        return super().admin_view(_bounded(view), cacheable)


def _bounded(view: Any) -> Any:
    """Show a page without what its address asks for where no column holds such a number: SQLite's driver raises
    OverflowError then, and PostgreSQL's DataError."""

    @wraps(view)
    def bounded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return view(request, *args, **kwargs)
        except (OverflowError, DataError):
            if request.method != "GET" or not request.GET:
                raise
        messages.warning(request, TOO_LARGE)
        return HttpResponseRedirect(request.path)

    return bounded
