"""The map of pages."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("chatsite.conversations.urls")),
    path("accounts/", include("chatsite.accounts.urls")),
    path("admin/", admin.site.urls),
]
