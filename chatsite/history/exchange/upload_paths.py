"""Where files are uploaded to: a path signed for one person, so that nobody else can send large bodies."""

from django.core.signing import BadSignature, TimestampSigner

PATH = "/conversations/import/upload/"
# A page that was opened longer ago must be loaded again.
VALID_SECONDS = 7 * 24 * 3600

_SALT = "chatsite.import.upload"


def token(user: int) -> str:
    return TimestampSigner(salt=_SALT).sign(str(user))


def is_for(token: str, user: int) -> bool:
    """Whether the token was made for this person, and not long ago."""
    try:
        return TimestampSigner(salt=_SALT).unsign(token, max_age=VALID_SECONDS) == str(user)
    except BadSignature:
        return False


def is_upload(path: bytes) -> bool:
    """Whether a request for this path may have a large body. Asked before anything of the body is read."""
    try:
        start, _, token = path.decode("ascii").rstrip("/").rpartition("/")
    except UnicodeDecodeError:
        return False
    return f"{start}/" == PATH and is_for(token, _user(token))


def _user(token: str) -> int:
    user = token.partition(":")[0]
    return int(user) if user.isdecimal() and len(user) < 20 else 0
