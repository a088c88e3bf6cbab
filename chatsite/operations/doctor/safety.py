"""Checks of people and safety."""

from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse

from chatsite.operations.doctor.findings import Finding, note, problem
from chatsite.providers.models import Provider
from chatsite.wording import counted, listed

LOCAL_HOSTS = {"localhost", "127.0.0.1", "[::1]"}
READ = "conversations.view_conversation_text"


def superusers() -> Finding:
    """At least one person has all permissions, and can sign in again."""
    active = list(User.objects.filter(is_superuser=True, is_active=True).order_by("username"))
    if not active:
        return problem("There is no active superuser.", "manage.py createsuperuser makes one.")
    if without := [each for each in active if not each.has_usable_password()]:
        # Django's admin shows its link only to those who have a password.
        link = f"Each sets one at {reverse('accounts:password')}; manage.py changepassword NAME sets it, too."
        return note(
            f"These superusers have no password, and sign in by a link only: {listed(without)}.", link
        )
    return Finding(f"{counted(len(active), 'superuser')}: {listed(active)}.")


def readers() -> Finding:
    """Who may read what others said."""
    may = User.objects.with_perm(READ, backend="django.contrib.auth.backends.ModelBackend")
    names = sorted(may.filter(is_staff=True).values_list("username", flat=True))
    if not names:
        return Finding("Nobody may read what others said.")
    return Finding(f"These may read what others said, with a reason that the others see: {listed(names)}.")


def debug() -> Finding:
    if not settings.DEBUG:
        return Finding("Django’s debug mode is off.")
    return problem("Django’s debug mode is on: pages of errors show the settings.", "Unset CHATSITE_DEBUG.")


def encryption() -> Finding:
    """People on other machines use https."""
    others = [host for host in settings.ALLOWED_HOSTS if host not in LOCAL_HOSTS]
    if not others:
        return Finding("The site is for this machine alone.")
    if not settings.SESSION_COOKIE_SECURE:
        return problem(
            f"People use {listed(others)} without https: others in the network can read what they say.",
            "Put a proxy with TLS in front, and set CHATSITE_ORIGINS to https addresses only. The page “Settings from "
            "the environment” has the lines for nginx, Caddy and Traefik.",
        )
    if not settings.TRUSTED_PROXIES:
        return note(
            "All people seem to come from the proxy’s address, so attempts to sign in are counted together.",
            "Set CHATSITE_TRUSTED_PROXIES to the address of the proxy.",
        )
    return Finding(f"People use https: {listed(settings.CSRF_TRUSTED_ORIGINS)}.")


def provider_keys() -> Finding:
    """All keys in the database can be decrypted, and all variables that are named are set."""
    unusable = [f"{each}: {reason}" for each in Provider.objects.all() if (reason := each.why_unusable())]
    if unusable:
        return problem(
            f"Keys of providers cannot be used. {' '.join(unusable)}",
            "Restore the file field_key from a backup, or type the keys again.",
        )
    return Finding("All keys of providers can be decrypted.")
