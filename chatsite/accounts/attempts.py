"""Attempts to sign in by password: how many are allowed, and how failed ones are logged."""

import logging
import math
import secrets
import threading

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from chatsite.accounts.models import Allowance, SpentAttempts
from chatsite.client_address import client_address

logger = logging.getLogger(__name__)

# For one name from one address, or from one browser in which this name has signed in before.
MAX_NAME_ATTEMPTS, NAME_ATTEMPT_SECONDS = 5, 30
# For one address and all names.
MAX_ADDRESS_ATTEMPTS, ADDRESS_ATTEMPT_SECONDS = 30, 10
# Verifying a password is expensive: one at a time leaves the other cores free.
VERIFYING = threading.Lock()
MAX_VERIFY_WAIT_SECONDS = 10
DEVICE_SECONDS = 365 * 24 * 3600
# A visitor can type a name of any length.
MAX_LOGGED_NAME_CHARACTERS = 150


class Attempt:
    """One attempt to sign in as `name`.

    A browser in which this name has signed in before has its own allowance, so no one else can lock the person
    out, even from the same address.
    """

    def __init__(self, request, name: str) -> None:
        self._name, self._address = name, client_address(request)
        device = known_device(request, name)
        self._own = allowance(MAX_NAME_ATTEMPTS, NAME_ATTEMPT_SECONDS, "name", name, device or self._address)
        self._shared = allowance(MAX_ADDRESS_ATTEMPTS, ADDRESS_ATTEMPT_SECONDS, "address", self._address)
        self._allowances = [self._own] if device else [self._own, self._shared]

    def take(self) -> int:
        """Spend an attempt and return 0, or return the seconds until there is one."""
        return math.ceil(SpentAttempts.objects.take(self._allowances, timezone.now()))

    def failed(self) -> None:
        logger.warning(
            "Sign-in failed: wrong name or password. Name: %.*r. Address: %s.",
            MAX_LOGGED_NAME_CHARACTERS,
            self._name,
            self._address,
        )

    def succeeded(self) -> None:
        """Forget the name's failed attempts, but not the address's: it may try many names."""
        SpentAttempts.objects.filter(key=self._own.key).delete()
        SpentAttempts.objects.give_back(self._shared)

    def give_back(self) -> None:
        for each in self._allowances:
            SpentAttempts.objects.give_back(each)


def known_device(request, name: str) -> str:
    """Return the mark of a browser in which this name has signed in before; empty for any other."""
    return request.get_signed_cookie(
        settings.DEVICE_COOKIE_NAME, default="", salt=name, max_age=DEVICE_SECONDS
    )


def remember_device(response, name: str) -> None:
    """Mark the browser that receives this response as one in which this name has signed in."""
    response.set_signed_cookie(
        settings.DEVICE_COOKIE_NAME,
        secrets.token_urlsafe(16),
        salt=name,
        max_age=DEVICE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def allowance(attempts: int, seconds: int, *whose: str) -> Allowance:
    """Return the allowance that belongs to all of these together. The database does not reveal whose it is."""
    key = salted_hmac("chatsite.accounts.attempts", "\n".join(whose), algorithm="sha256").hexdigest()
    return Allowance(key, attempts, seconds)
