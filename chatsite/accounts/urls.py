"""Signing in and out."""

from django.urls import path

from chatsite.accounts import views

app_name = "accounts"

urlpatterns = [
    path("login/", views.SignInView.as_view(), name="login"),
    path("logout/", views.SignOutView.as_view(), name="logout"),
    path("password/", views.PasswordView.as_view(), name="password"),
    path("invitation/<token>/", views.InvitationView.as_view(), name="invitation"),
    path("link/<uidb64>/<token>/", views.sign_in_by_link, name="link"),
]
