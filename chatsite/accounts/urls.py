"""Signing in and out."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from chatsite.accounts import views

app_name = "accounts"

urlpatterns = [
    path(
        "login/",
        LoginView.as_view(template_name="accounts/login.html", redirect_authenticated_user=True),
        name="login",
    ),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", views.PasswordView.as_view(), name="password"),
    path("link/<uidb64>/<token>/", views.sign_in_by_link, name="link"),
]
