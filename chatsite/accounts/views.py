"""Signing in by password and by link, signing out, and the password page."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import LoginView, LogoutView
from django.db import IntegrityError
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET
from django.views.generic import FormView

from chatsite.accounts.attempts import remember_device
from chatsite.accounts.forms import InvitedForm, SignInForm
from chatsite.accounts.links import user_of
from chatsite.accounts.models import Invitation

COOKIE_CHECK_SECONDS = 60
BY_SHARED_LINK = (
    "This link is for people who are signed in. If it was for anybody, it has expired or was revoked."
)

TAKEN = "A user with that username already exists."


class SignInView(LoginView):
    """Sign in by name and password."""

    template_name = "accounts/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs):
        notice = BY_SHARED_LINK if _is_shared(self.get_redirect_url()) else ""
        return super().get_context_data(notice=notice, **kwargs)

    def form_valid(self, form):
        response = super().form_valid(form)
        remember_device(response, form.cleaned_data["username"])
        return response


def _is_shared(path: str) -> bool:
    """Return whether a path is that of a shared conversation, whether or not there is one."""
    try:
        return bool(path) and resolve(path).view_name == "sharing:shared"
    except Resolver404:
        return False


class SignOutView(LogoutView):
    """Sign out, and let the browser delete what it stores: pages, and texts that were not sent."""

    def post(self, request, *args, **kwargs):
        response = super().post(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response


# Previews of links send HEAD requests, which must not use the link up.
@require_GET
@never_cache
def sign_in_by_link(request, uidb64: str, token: str):
    """Sign a person in by their one-time link, if their browser keeps the cookie that a session needs."""
    user = user_of(uidb64, token)
    if user is None:
        return _used(request)
    if settings.SESSION_COOKIE_SECURE and settings.CHECK_COOKIE_NAME not in request.COOKIES:
        return _check_cookies(request)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    response = redirect("conversations:new")
    remember_device(response, user.get_username())
    return response


@method_decorator([sensitive_post_parameters(), never_cache], name="dispatch")
class InvitationView(FormView):
    """Make an account by an invitation, and sign in."""

    template_name = "accounts/invitation.html"
    form_class = InvitedForm
    success_url = reverse_lazy("conversations:new")

    def dispatch(self, request, *args, **kwargs):
        self.invitation = Invitation.objects.of(kwargs["token"])
        if self.invitation is None:
            return render(request, "accounts/invitation_used.html", status=410)
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form):
        user = form.save(commit=False)
        try:
            is_accepted = self.invitation.accept(user)
        except IntegrityError:  # somebody took the name at the same time
            form.add_error("username", TAKEN)
            return self.form_invalid(form)
        if not is_accepted:
            return render(self.request, "accounts/invitation_used.html", status=410)
        login(self.request, user, backend="django.contrib.auth.backends.ModelBackend")
        response = super().form_valid(form)
        remember_device(response, user.get_username())
        return response


def _used(request):
    if request.user.is_authenticated:
        return redirect("conversations:new")
    return render(request, "accounts/link_used.html", status=410)


def _check_cookies(request):
    """Send a Secure cookie and see whether it comes back: a browser ignores one that comes over http."""
    if "checked" in request.GET:
        address = f"{settings.CSRF_TRUSTED_ORIGINS[0]}{request.path}"
        return render(request, "accounts/no_cookies.html", {"address": address}, status=400)
    response = redirect(f"{request.path}?checked")
    response.set_cookie(
        settings.CHECK_COOKIE_NAME,
        "1",
        max_age=COOKIE_CHECK_SECONDS,
        secure=True,
        httponly=True,
        samesite="Lax",
    )
    return response


@method_decorator(sensitive_post_parameters(), name="dispatch")
class PasswordView(LoginRequiredMixin, FormView):
    """Set a first password, or change it."""

    template_name = "accounts/password.html"
    success_url = reverse_lazy("conversations:new")

    @property
    def first(self) -> bool:
        return not self.request.user.has_usable_password()

    def get_form_class(self):
        return SetPasswordForm if self.first else PasswordChangeForm

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user}

    def get_context_data(self, **kwargs):
        return super().get_context_data(first=self.first, **kwargs)

    def form_valid(self, form):
        form.save()
        update_session_auth_hash(self.request, form.user)
        messages.success(self.request, "Your password is set.")
        return super().form_valid(form)
