"""Banners in the admin."""

from django.contrib import admin

from chatsite.audit.audited import Audited
from chatsite.banners.models import Banner
from chatsite.datetime_fields import NamedMoments


@admin.register(Banner)
class BannerAdmin(Audited, NamedMoments, admin.ModelAdmin):
    about_empty = "A banner is a notice above people’s pages."
    audited_fields = ("text", "tone", "enabled", "begins", "ends", "groups", "dismissible")
    fields = audited_fields
    filter_horizontal = ["groups"]
    list_display = ["__str__", "state", "tone", "begins", "ends"]
