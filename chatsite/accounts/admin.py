"""People in the admin."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User

admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(UserAdmin):
    def get_deleted_objects(self, objs, request):
        """A person goes with everything that is theirs. Whoever may delete people needs no permission for each kind of
        it, and is shown how much it is, and none of it."""
        deleted, counts, missing, protected = super().get_deleted_objects(objs, request)
        people = [line for line in deleted if isinstance(line, str)]
        missing = {kind for kind in missing if kind == User._meta.verbose_name}
        return people, counts, missing, protected
