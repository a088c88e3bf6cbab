"""The response to a form whose CSRF token does not match the cookie."""

import logging

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.middleware.csrf import REASON_BAD_ORIGIN
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from chatsite.accounts.forms import SignInForm
from chatsite.log_once import Seen

logger = logging.getLogger(__name__)

MAX_LOGGED_ORIGINS = 20
_logged = Seen(MAX_LOGGED_ORIGINS)

AGAIN = "This page was open for too long, or somebody signed in or out in the meantime. Please try again."


def failure(request, reason: str = ""):
    """Redirect a person who is signed in by now; otherwise show the form again, with a sentence that says why."""
    if _came_from_elsewhere(request, reason):
        return _bad_origin(request)
    if request.path == reverse("admin:login"):
        return _sign_in_to_admin(request)
    if request.path == reverse("accounts:login"):
        return _sign_in(request)
    if request.path == reverse("accounts:logout") and not request.user.is_authenticated:
        return redirect("accounts:login")
    return _refuse(request)


def _came_from_elsewhere(request, reason: str) -> bool:
    """Return whether the browser named another origin. `null` means that it names none."""
    origin = request.META.get("HTTP_ORIGIN", "null")
    return origin != "null" and reason == REASON_BAD_ORIGIN % origin


def _bad_origin(request):
    origin = request.META["HTTP_ORIGIN"][:200]
    if _logged.is_new(origin):
        logger.warning("A form from the origin %r was refused. CHATSITE_ORIGINS does not list it.", origin)
    return render(request, "403_csrf.html", {"origin": origin}, status=403)


def _sign_in(request):
    if request.user.is_authenticated:
        return redirect(_next(request, "conversations:new"))
    form = SignInForm(request, initial={"username": request.POST.get("username", "")})
    context = {"form": form, "notice": AGAIN, "next": _next(request, "conversations:new")}
    return render(request, "accounts/login.html", context, status=403)


def _sign_in_to_admin(request):
    if not request.user.is_authenticated:
        messages.warning(request, AGAIN)
    return redirect(_next(request, "admin:index"))


def _refuse(request):
    """Show the text that was typed, so that it is not lost."""
    context = {
        "signing_out": request.path == reverse("accounts:logout"),
        "text": request.POST.get("text", ""),
    }
    return render(request, "403_csrf.html", context, status=403)


def _next(request, otherwise: str) -> str:
    """Return the page to show after signing in: only one of this site."""
    asked = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME, "")
    if url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure()):
        return asked
    return resolve_url(otherwise)
