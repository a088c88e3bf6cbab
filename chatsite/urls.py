"""The URLs of the site."""

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.utils.functional import lazy
from django.views.generic import RedirectView

from chatsite.accounts.forms import AdminSignInForm

handler400 = "chatsite.errors.bad_request"
admin.site.login_form = AdminSignInForm
admin.site.site_header = admin.site.site_title = "chatsite"

urlpatterns = [
    path("", include("chatsite.chat.urls")),
    path("conversations/", include("chatsite.history.exchange.urls")),
    path("", include("chatsite.history.sharing.urls")),
    path("banners/", include("chatsite.banners.urls")),
    path("accounts/", include("chatsite.accounts.urls")),
    path("admin/", admin.site.urls),
    # Our pages name their icon; for others, such as the admin's, browsers request this one.
    path("favicon.ico", RedirectView.as_view(url=lazy(static, str)("favicon.svg"))),
]
