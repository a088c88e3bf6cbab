"""The rule in the admin, with a page that counts what it would delete."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime

from chatsite.audit.audited import Audited
from chatsite.history.retention.due import NOTICE, by_person, covered, due
from chatsite.history.retention.models import RetentionRule

PEOPLE_LISTED = 100


class TermsForm(forms.ModelForm):
    class Meta:
        model = RetentionRule
        fields = ["days", "keep_pinned", "keep_in_folders"]


@admin.register(RetentionRule)
class RetentionRuleAdmin(Audited, admin.ModelAdmin):
    about_empty = "Nothing is deleted because of its age."
    fields = ["days", "keep_pinned", "keep_in_folders", "in_force_since", "count"]
    readonly_fields = ["in_force_since", "count"]
    audited_fields = tuple(TermsForm.Meta.fields)

    def get_urls(self):
        count = path(
            "count/", self.admin_site.admin_view(self.count_view), name="history_retentionrule_count"
        )
        return [count, *super().get_urls()]

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not RetentionRule.objects.exists()

    @admin.display(description="In force since")
    def in_force_since(self, rule):
        return date_format(localtime(rule.since), "j F Y, H:i") if rule and rule.days else "–"

    @admin.display(description="What it deletes")
    def count(self, rule):
        address = reverse("admin:history_retentionrule_count")
        return format_html('<a href="{}">Count what a rule would delete</a>, before you save it', address)

    def count_view(self, request):
        """Count what the rule in the form would delete; without a form, what the stored one does."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        stored = RetentionRule.objects.first()
        form = TermsForm(request.GET or None, instance=RetentionRule() if request.GET else stored)
        rule = form.instance if request.GET and form.is_valid() else stored
        context = self.admin_site.each_context(request) | {
            "title": "What the rule would delete",
            "opts": self.opts,
            "form": form,
        }
        if rule and rule.days and not form.errors:
            context |= self._counts(rule)
        return TemplateResponse(request, "admin/history/retentionrule/count.html", context)

    def _counts(self, rule):
        now, soon, at_next_run = (
            by_person(each) for each in (covered(rule), covered(rule, NOTICE), due(rule))
        )
        people = [(name, now[name], count - now[name]) for name, count in soon.most_common(PEOPLE_LISTED)]
        return {
            "rule": rule,
            "people": people,
            "more": len(soon) - len(people),
            "now": now.total(),
            "soon": soon.total() - now.total(),
            "at_next_run": at_next_run.total(),
        }
