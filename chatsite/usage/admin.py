"""The page of use in the admin: a table, a chart of the same numbers, and a CSV file of what is shown."""

from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import path

from chatsite.audit.audited import Audited
from chatsite.audit.csv_files import lines
from chatsite.audit.read_only import ReadOnly
from chatsite.providers.kinds import Kind
from chatsite.providers.models import Model, Origin
from chatsite.usage.charts import HEIGHT, WIDTH, bars
from chatsite.usage.forms import ExtraForm, LimitForm, PeriodForm
from chatsite.usage.models import Extra, Limit, UsageDay
from chatsite.usage.periods import today
from chatsite.usage.reports import by_day, month, report
from chatsite.wording import listed

NO_PRICE = (
    "A limit of cost does not hold for models without a price: their answers cost nothing here. Give them prices, "
    "or 0 where they are free:"
)
COLUMNS = ["Answers", "Failed", "Stopped", "Without count", "Input tokens", "Cached", "Output tokens", "Cost"]


@admin.register(UsageDay)
class UsageAdmin(ReadOnly, admin.ModelAdmin):
    def get_urls(self):
        return [
            path("csv/", self.admin_site.admin_view(self.csv_view), name="usage_usageday_csv"),
            path("", self.admin_site.admin_view(self.changelist_view), name="usage_usageday_changelist"),
        ]

    def changelist_view(self, request, extra_context=None):
        form, shown = self._shown(request)
        context = self.admin_site.each_context(request) | {"title": "Usage", "form": form, "opts": self.opts}
        if shown:
            days = by_day(shown.first, shown.last, shown.only)
            context |= {
                "report": shown,
                "bars": bars(days, shown.first, shown.last),
                "month": month(today(), shown.only),
                "rows": _rows(shown),
                "every": _query(shown, by=shown.dimension),
                "columns": COLUMNS,
                "width": WIDTH,
                "height": HEIGHT,
                "query": request.GET.urlencode(),
            }
        return TemplateResponse(request, "admin/usage/usageday/usage.html", context)

    def csv_view(self, request):
        _, shown = self._shown(request)
        if not shown:
            return HttpResponse("Choose other days.", status=400, content_type="text/plain")
        rows = ([line.label, *_numbers(line)] for line in [*shown.lines, shown.total])
        content = lines([[shown.heading, *COLUMNS], *rows])
        response = HttpResponse(content, content_type="text/csv; charset=utf-8")
        name = f"usage-{shown.dimension}-{shown.first}-{shown.last}.csv"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def _shown(self, request):
        """Return the form of what to show, and the report; None where the form has errors."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = PeriodForm(request.GET)
        if not form.is_valid():
            return form, None
        wanted = form.cleaned_data
        return PeriodForm(initial=wanted), report(wanted["by"], wanted["first"], wanted["last"], form.only)


@admin.register(Limit)
class LimitAdmin(Audited, admin.ModelAdmin):
    """Limits of everybody, groups and people."""

    form = LimitForm
    about_empty = "Without limits, people use as much as they like."

    audited_fields = ("person", "group", "messages_an_hour", "tokens_a_month", "cost_a_month")
    fields = audited_fields
    list_display = ["__str__", "messages_an_hour", "tokens_a_month", "cost_a_month"]
    list_select_related = ["person", "group"]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if obj.cost_a_month is not None and (names := _without_price()):
            self.message_user(request, f"{NO_PRICE} {listed(names)}.", messages.WARNING)


def _without_price() -> list[str]:
    """Return the models that people can choose, and whose answers add nothing to the cost."""
    offered = Model.objects.offered().filter(kind=Kind.CHAT).exclude(provider__origin=Origin.DEMO)
    return [str(each) for each in offered if None in each.prices]


@admin.register(Extra)
class ExtraAdmin(Audited, admin.ModelAdmin):
    """More for a person in the month in which it is added."""

    form = ExtraForm
    about_empty = "An extra is more than the limit, for one person, in one month."

    audited_fields = ("person", "tokens", "cost", "note")
    fields = audited_fields
    list_display = ["person", "month", "tokens", "cost", "note"]
    list_select_related = ["person"]

    def has_change_permission(self, request, extra=None):
        return False


def _rows(shown):
    """Return each line with the query of the table that says more about it."""
    if shown.dimension == "day":
        part = {"of": shown.only.dimension, "value": shown.only.value} if shown.only else {}
        return [
            (line, urlencode({"by": "person", "first": line.value, "last": line.value} | part))
            for line in shown.lines
        ]
    by = "model" if shown.dimension in ("person", "provider") else "person"
    return [(line, _query(shown, by=by, of=shown.dimension, value=line.value)) for line in shown.lines]


def _query(shown, **more):
    return urlencode({"first": shown.first, "last": shown.last, **more})


def _numbers(line):
    counts = (line.answers, line.failed, line.stopped, line.unreported)
    return [*counts, line.input_tokens, line.cached_tokens, line.output_tokens, f"{line.cost:f}"]
