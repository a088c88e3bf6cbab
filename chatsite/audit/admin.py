"""The page of all events: read-only, with filters, and as CSV."""

import json
from itertools import chain

from django.contrib import admin
from django.contrib.admin.filters import AllValuesFieldListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone

from chatsite.audit.csv_files import lines
from chatsite.audit.models import Event, kind_in_words
from chatsite.audit.parts import in_parts
from chatsite.audit.read_only import ReadOnly
from chatsite.response_threads import in_threads

ROWS_AT_ONCE = 500


class KindFilter(AllValuesFieldListFilter):
    """Names kinds as the column does."""

    def choices(self, changelist):
        for choice in super().choices(changelist):
            yield choice | {"display": kind_in_words(str(choice["display"]))}


@admin.register(Event)
class EventAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["at", "actor_name", "verb", "kind", "target_name", "changes", "reason", "address"]
    list_filter = ["at", "verb", ("target_type", KindFilter), "actor_name"]
    fields = [
        "at", "actor_name", "address", "verb", "kind", "target_id", "target_name", "owner", "before", "after", "reason",
    ]  # fmt: skip
    search_fields = ["actor_name", "target_name", "reason"]
    ordering = ["-at", "-pk"]
    list_per_page = 100

    @admin.display(description="kind", ordering="target_type")
    def kind(self, event):
        return event.kind

    @admin.display(description="from → to")
    def changes(self, event):
        return "; ".join(
            f"{name.replace('_', ' ')}: {_text(event.before.get(name))} → {_text(event.after.get(name))}"
            for name in _names(event)
        )

    def get_urls(self):
        csv = path("csv/", self.admin_site.admin_view(self.csv), name="audit_event_csv")
        return [csv, *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        url = f"{reverse('admin:audit_event_csv')}?{request.GET.urlencode()}"
        return super().changelist_view(request, {"csv_url": url, **(extra_context or {})})

    def csv(self, request):
        """Send all rows that the page's filters leave, on all its pages, with its columns and in its order."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            page = self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            # The page itself says what cannot be filtered so.
            return redirect(f"{reverse('admin:audit_event_changelist')}?{request.GET.urlencode()}")
        ordering = page.get_ordering(request, self.get_queryset(request))
        events = in_parts(page.queryset, ordering, ROWS_AT_ONCE)
        rows = ([self._cell(event, name) for name in self.list_display] for event in events)
        content = in_threads(lines(chain([self.list_display], rows)))
        response = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="events.csv"'
        response["Content-Encoding"] = "identity"
        return response

    def _cell(self, event, name):
        if name == "at":
            return timezone.localtime(event.at).isoformat(timespec="seconds")
        return self.changes(event) if name == "changes" else getattr(event, name)


def _names(event):
    """Return the names of what changed; what was nothing and is nothing did not."""
    names = dict.fromkeys([*event.before, *event.after])
    return [name for name in names if not event.before.get(name) is event.after.get(name) is None]


def _text(value):
    match value:
        case None | "" | []:
            return "–"
        case bool():
            return "yes" if value else "no"
        case str():
            return value
        case list():
            return ", ".join(map(_text, value))
    return json.dumps(value, ensure_ascii=False)
