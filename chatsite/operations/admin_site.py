"""The admin's site: what all of its pages share."""

from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db import DataError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    JsonResponse,
    QueryDict,
)
from django.template.response import TemplateResponse
from django.urls import path, reverse

from chatsite.live_response import LiveResponse
from chatsite.operations import proxies
from chatsite.operations.backups import page as backups
from chatsite.operations.doctor import answers
from chatsite.operations.doctor import page as doctor
from chatsite.operations.readable_links import ReadableLinks
from chatsite.operations.variables import unknown, values

# Each word of a search is a condition of its own; with some hundreds a query takes minutes, or fails.
MAX_SEARCH_WORDS = 20
# What the address of a list, and that of the choices of a field, name a search.
SEARCHES = ("q", "term")

ONLY_FIRST_WORDS = f"A search has at most {MAX_SEARCH_WORDS} words. The others were left out."
TOO_LARGE = "The address of this page had a number that is too large, so everything is shown."
MAX_INTEGER = 2**63 - 1


class AdminSite(admin.AdminSite):
    """Django's admin site, which also accepts numbers beyond the columns, and shows the environment's settings."""

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        admin_class = admin_class or admin.ModelAdmin
        checked = type(
            admin_class.__name__,
            (CheckedActions, ReadableLinks, admin_class),
            {"__module__": admin_class.__module__},
        )
        super().register(model_or_iterable, checked, **options)

    def get_urls(self) -> list[Any]:
        own = {
            "environment": ("environment/", self.environment),
            "backups": ("backups/", self.backups),
            "make_backup": ("backups/make/", self.make_backup),
            "doctor": ("doctor/", self.doctor),
            "doctor_way": ("doctor/way/", self.doctor_way),
            "doctor_stop": ("doctor/stop/", self.doctor_stop),
        }
        pages = [
            path(at, self.admin_view(_for_superusers(view)), name=name) for name, (at, view) in own.items()
        ]
        events = path("doctor/events/", self.doctor_events, name="doctor_events")
        return [*pages, events, *super().get_urls()]

    def environment(self, request: Any) -> TemplateResponse:
        """The settings from the environment."""
        shown = {"values": values(), "unknown": unknown(), "title": "Settings from the environment"}
        shown["proxy"] = proxies.values(request)
        return TemplateResponse(request, "admin/environment.html", self.each_context(request) | shown)

    def backups(self, request: Any) -> TemplateResponse:
        """The backups that there are."""
        context = self.each_context(request) | backups.shown() | {"title": "Backups"}
        return TemplateResponse(request, "admin/backups/page.html", context)

    def make_backup(self, request: Any) -> HttpResponseRedirect | HttpResponseNotAllowed:
        """Begin a backup; the page of backups says how it ends."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        backups.begin(request)
        return HttpResponseRedirect(reverse("admin:backups"))

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        return super().admin_view(_bounded(view), cacheable)

    def doctor(self, request: Any) -> TemplateResponse:
        """What is well with the site, and what is not."""
        context = self.each_context(request) | doctor.shown(request) | {"title": "Doctor"}
        return TemplateResponse(request, "admin/doctor.html", context)

    def doctor_way(self, request: Any) -> JsonResponse:
        """What the page shows of the connection, from what it has measured so far."""
        return JsonResponse(doctor.measured(request))

    async def doctor_events(self, request: Any) -> HttpResponse | LiveResponse:
        """A small answer as server-sent events."""
        user = await request.auser()
        if not answers.may_ask(user):
            return HttpResponse(status=403)
        events = answers.events(user.pk, doctor.answer_of(request.GET))
        return LiveResponse(events, content_type="text/event-stream")

    def doctor_stop(self, request: Any) -> HttpResponse:
        """End that answer."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        answers.stop(doctor.answer_of(request.POST))
        return HttpResponse(status=204)


def _for_superusers(view: Any) -> Any:
    """Show a page only to those who may do everything."""

    @wraps(view)
    def checked(request: HttpRequest) -> Any:
        if not request.user.is_superuser:
            raise PermissionDenied
        return view(request)

    return checked


class CheckedActions:
    """A ModelAdmin whose actions leave out what cannot be the id of an object."""

    def response_action(self, request: Any, queryset: Any, **more: Any) -> Any:
        pk, posted = self.model._meta.pk, request.POST.copy()  # type: ignore[attr-defined]
        chosen = [value for value in posted.getlist(ACTION_CHECKBOX_NAME) if _may_be(pk, value)]
        posted.setlist(ACTION_CHECKBOX_NAME, chosen)
        request.POST = posted
        return super().response_action(request, queryset, **more)  # type: ignore[misc]


def _may_be(pk: Any, value: str) -> bool:
    try:
        pk.clean(value, None)
    except ValidationError:
        return False
    return True


def _bounded(view: Any) -> Any:
    """Wrap a view, so that a number that no column can hold is dropped from the address, or refused in a form. SQLite's
    driver raises OverflowError for it, PostgreSQL's DataError. A search with too many words is cut."""

    @wraps(view)
    def bounded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if any(len(request.GET.get(name, "").split()) > MAX_SEARCH_WORDS for name in SEARCHES):
            return _with_fewer_words(request)
        try:
            return view(request, *args, **kwargs)
        except (OverflowError, DataError) as error:
            if request.method == "POST" and _has_too_large(request.POST):
                raise BadRequest("A number is too large.") from error
            if request.method != "GET" or not request.GET:
                raise
        messages.warning(request, TOO_LARGE)
        return HttpResponseRedirect(request.path)

    return bounded


def _has_too_large(form: QueryDict) -> bool:
    numbers = (value for _, values in form.lists() for value in values if value.lstrip("-").isdecimal())
    return any(len(number) > 20 or abs(int(number)) > MAX_INTEGER for number in numbers)


def _with_fewer_words(request: HttpRequest) -> HttpResponseRedirect:
    query = request.GET.copy()
    for name in SEARCHES:
        if name in query:
            query[name] = " ".join(str(query[name]).split()[:MAX_SEARCH_WORDS])
    messages.warning(request, ONLY_FIRST_WORDS)
    return HttpResponseRedirect(f"{request.path}?{query.urlencode()}")
