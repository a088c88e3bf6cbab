"""The admin app, with the site of our own."""

from django.contrib.admin.apps import AdminConfig


class OwnAdminConfig(AdminConfig):
    default_site = "chatsite.operations.admin_site.AdminSite"
