"""One-time sign-in links. A link works until the person signs in or sets a password, for three days at most."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode


class LinkTokens(PasswordResetTokenGenerator):
    """Tokens that change with the person's password and with each sign-in, so each works once."""

    key_salt = "chatsite.accounts.links"


tokens = LinkTokens()


def sign_in_path(user: User) -> str:
    """Return the path of a link that signs this user in."""
    uidb64 = urlsafe_base64_encode(str(user.pk).encode())
    return reverse("accounts:link", args=[uidb64, tokens.make_token(user)])


def user_of(uidb64: str, token: str) -> User | None:
    """Return the user whom a link signs in; None when it was used, has expired or never existed."""
    try:
        pk = int(urlsafe_base64_decode(uidb64))
    except ValueError:
        return None
    user = get_user_model().objects.filter(pk=pk, is_active=True).first()
    return user if user and tokens.check_token(user, token) else None
