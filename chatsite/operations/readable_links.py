"""Links of the admin's pages to related objects, for those who may see these."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.contrib import admin
from django.db.models import Field


class ReadableLinks:
    """A ModelAdmin whose pages name a related object without a link where a person may not see it.

    Django links each one that is shown and not edited, and the link is refused then.
    """

    def get_fieldsets(self, request: Any, obj: Any = None) -> Any:
        found = super().get_fieldsets(request, obj)  # type: ignore[misc]
        plain = self._plain(request, obj)
        return [(title, section | {"fields": _put(plain, section["fields"])}) for title, section in found]

    def get_readonly_fields(self, request: Any, obj: Any = None) -> Any:
        names = super().get_readonly_fields(request, obj)  # type: ignore[misc]
        return _put(self._unseen(request), names)

    def _plain(self, request: Any, obj: Any) -> dict[str, Any]:
        """Return what is shown in place of fields that this page does not edit."""
        unseen = self._unseen(request)
        if unseen and self._edits(request, obj):
            edited = super().get_readonly_fields(request, obj)  # type: ignore[misc]
            return {name: shown for name, shown in unseen.items() if name in edited}
        return unseen

    def _edits(self, request: Any, obj: Any) -> bool:
        if obj is None:
            return bool(self.has_add_permission(request))  # type: ignore[attr-defined]
        return bool(self.has_change_permission(request, obj))  # type: ignore[attr-defined]

    def _unseen(self, request: Any) -> dict[str, Any]:
        """Return what is shown in place of each field whose objects this person may not see, by its name."""
        related = [field for field in self.model._meta.fields if field.remote_field]  # type: ignore[attr-defined]
        return {field.name: _name_of(field) for field in related if not self._sees(request, field)}

    def _sees(self, request: Any, field: "Field[Any, Any]") -> bool:
        site = self.admin_site  # type: ignore[attr-defined]
        if not site.is_registered(field.related_model):
            return True
        return bool(site.get_model_admin(field.related_model).has_view_permission(request))


@cache
def _name_of(field: "Field[Any, Any]") -> Callable[[Any], Any]:
    """Return what shows the name of a field's object. The same one for each page: Django compares them."""

    @admin.display(description=field.verbose_name)
    def name(obj: Any) -> Any:
        related = getattr(obj, field.name)
        return related and str(related)

    return name


def _put(plain: dict[str, Any], names: Any) -> list[Any]:
    """Return the names of fields, which may be in lines, with some of them replaced."""
    return [_put(plain, name) if isinstance(name, list | tuple) else plain.get(name, name) for name in names]
