"""Passphrases of links: how they are stored, and how often one can be tried."""

import math
import unicodedata

from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest
from django.utils import timezone

from chatsite.accounts.attempts import MAX_VERIFY_WAIT_SECONDS, VERIFYING, allowance
from chatsite.accounts.models import SpentAttempts
from chatsite.client_address import client_address
from chatsite.history.sharing.models import Share

MIN_PASSPHRASE_CHARACTERS = 8
MAX_PASSPHRASE_CHARACTERS = 200
# For one link from one address.
MAX_ATTEMPTS, ATTEMPT_SECONDS = 5, 30
# For one link from all addresses.
MAX_SHARED_ATTEMPTS, SHARED_ATTEMPT_SECONDS = 100, 10

WRONG = "This passphrase is wrong."
TOO_MANY = "Too many attempts. Try again in {seconds} seconds."


class Refused(Exception):
    """A passphrase that does not open a link: the sentence for the page, and the status of the response."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


def hashed(passphrase: str) -> str:
    return make_password(_normal(passphrase))


def check(request: HttpRequest, share: Share, passphrase: str) -> None:
    """Raise Refused unless this is the share's passphrase, and attempts are left."""
    own = allowance(MAX_ATTEMPTS, ATTEMPT_SECONDS, "share", share.digest, client_address(request))
    everybody = allowance(MAX_SHARED_ATTEMPTS, SHARED_ATTEMPT_SECONDS, "share", share.digest)
    if seconds := math.ceil(SpentAttempts.objects.take([own, everybody], timezone.now())):
        raise Refused(TOO_MANY.format(seconds=seconds), 429)
    if not _is_right(share, passphrase[:MAX_PASSPHRASE_CHARACTERS]):
        raise Refused(WRONG, 403)
    SpentAttempts.objects.give_back(own)
    SpentAttempts.objects.give_back(everybody)


def _is_right(share: Share, passphrase: str) -> bool:
    """Verifying is expensive: one at a time, as at sign-in."""
    if not VERIFYING.acquire(timeout=MAX_VERIFY_WAIT_SECONDS):
        raise Refused(TOO_MANY.format(seconds=MAX_VERIFY_WAIT_SECONDS), 429)
    try:
        return check_password(_normal(passphrase), share.passphrase)
    finally:
        VERIFYING.release()


def _normal(passphrase: str) -> str:
    """Keyboards write the same letter in different ways."""
    return unicodedata.normalize("NFKC", passphrase).strip()
