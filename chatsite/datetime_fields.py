"""Fields of a day and a time in the admin, each with a name for screen readers."""

from django import forms


class NamedMoments:
    """A ModelAdmin whose forms name both parts of a moment. Django's own only show a word beside each."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, forms.SplitDateTimeField):
            for part, name in zip(field.widget.widgets, ("date", "time"), strict=True):
                part.attrs["aria-label"] = f"{field.label}, {name}"
        return field
