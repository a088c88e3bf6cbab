"""The secret part of a link: 256 bits, made from a random seed and the site's secret key.

The database holds the seed and the token's hash. Together with the secret key, the owner can copy the link again; from
the database alone, nobody can make it.
"""

import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256

from django.utils.crypto import salted_hmac

SEED_BYTES = 32


def new_seed() -> str:
    return secrets.token_hex(SEED_BYTES)


def token_of(seed: str) -> str:
    """Return the token of a seed: 43 characters that need no escapes in an address."""
    code = salted_hmac("chatsite.history.sharing", seed, algorithm="sha256").digest()
    return urlsafe_b64encode(code).decode().rstrip("=")


def digest(token: str) -> str:
    """Return the hash by which a token is found. The time that the search for it takes reveals nothing of use."""
    return sha256(token.encode(errors="replace")).hexdigest()
