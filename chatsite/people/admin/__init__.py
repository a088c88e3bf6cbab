"""People and groups in the admin, in place of Django's own pages of them."""

from django.contrib import admin
from django.contrib.auth.models import Group, User

from chatsite.people.admin.group import PersonGroupAdmin
from chatsite.people.admin.person import PersonAdmin

admin.site.unregister([User, Group])
admin.site.register(User, PersonAdmin)
admin.site.register(Group, PersonGroupAdmin)
