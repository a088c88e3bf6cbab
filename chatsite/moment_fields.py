"""Fields of a day and a time in the admin, each with a name for screen readers."""

from typing import Any

from django import forms
from django.contrib.admin.options import BaseModelAdmin


class NamedMoments(BaseModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """A ModelAdmin whose forms name both parts of a moment. Django's own only show a word beside each."""

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, forms.SplitDateTimeField):
            widget: Any = field.widget
            for part, name in zip(widget.widgets, ("date", "time"), strict=True):
                part.attrs["aria-label"] = f"{field.label}, {name}"
        return field
