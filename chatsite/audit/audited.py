"""Base classes that make a ModelAdmin record events."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from chatsite.audit.recording import differences, record, values


class LinkedToEvents:
    """A ModelAdmin whose pages of objects lead to the events of these, for those who may see events."""

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and request.user.has_perm("audit.view_event"):
            context["events_url"] = events_url(obj)
        return super().render_change_form(request, context, add, change, form_url, obj)


class Audited(LinkedToEvents):
    """A ModelAdmin whose saves and deletions leave events. An action calls `record` itself.

    audited_fields: the fields whose values events may show. Secrets and what people say are none of them.
    """

    audited_fields: tuple[str, ...] = ()

    def audited_name(self, obj) -> str:
        return str(obj)

    def audited_values(self, obj) -> dict[str, Any]:
        """Return what events may show of an object, by name."""
        return values(obj, self.audited_fields)

    def record(self, request, verb, obj, **details):
        record(verb, obj, request=request, name=self.audited_name(obj), **details)

    def save_model(self, request, obj, form, change):
        stored = self.model._base_manager.filter(pk=obj.pk).first() if change else None
        obj.audited_before = self.audited_values(stored) if stored else {}
        super().save_model(request, obj, form, change)

    def log_addition(self, request, obj, message):
        self.record(request, "added", obj, after=self.audited_values(obj))
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        """Called after a save, after an action of another page (with a sentence), and after a password was set."""
        if hasattr(obj, "audited_before"):
            before, after = differences(obj.audited_before, self.audited_values(obj))
            self.record(request, "changed", obj, before=before, after=after)
        elif isinstance(message, str):
            self.record(request, "changed", obj, reason=message)
        else:
            self.record(request, "set the password of", obj)
        return super().log_change(request, obj, message)

    def log_deletions(self, request, queryset):
        for obj in queryset:
            self.record(request, "deleted", obj, before=self.audited_values(obj))
        return super().log_deletions(request, queryset)


def events_url(obj) -> str:
    """Return the address of the events of an object."""
    query = urlencode({"target_type": obj._meta.label_lower, "target_id": obj.pk})
    return f"{reverse('admin:audit_event_changelist')}?{query}"
