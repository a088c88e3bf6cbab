"""Sign-in forms that limit how often a password can be tried."""

from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm, UserCreationForm
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from chatsite.accounts.attempts import MAX_VERIFY_WAIT_SECONDS, VERIFYING, Attempt

TOO_MANY = "Too many attempts to sign in. Try again in %(seconds)s seconds."
BUSY = "Many people are signing in at the moment. Try again in %(seconds)s seconds."


class LimitedAttempts:
    """Verifies the password only while attempts are left, and one password at a time."""

    def clean(self):
        name, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if name is None or not password:
            return super().clean()
        attempt = Attempt(self.request, name)
        if seconds := attempt.take():
            raise _refusal(TOO_MANY, seconds)
        if not VERIFYING.acquire(timeout=MAX_VERIFY_WAIT_SECONDS):
            attempt.give_back()
            raise _refusal(BUSY, MAX_VERIFY_WAIT_SECONDS)
        return self._verify(attempt)

    def _verify(self, attempt: Attempt):
        try:
            cleaned = super().clean()
        except ValidationError:
            attempt.failed()
            raise
        finally:
            VERIFYING.release()
        attempt.succeeded()
        return cleaned


class SignInForm(LimitedAttempts, AuthenticationForm):
    """The form of the site's own page."""

    def add_error(self, field, error):
        """Refer from each field to an error about both, which the page shows in the element `refusal`."""
        super().add_error(field, error)
        attributes = {"aria-describedby": "refusal"}
        if self.has_error(NON_FIELD_ERRORS, "invalid_login"):
            attributes["aria-invalid"] = "true"
        if self.has_error(NON_FIELD_ERRORS):
            for each in self.fields.values():
                each.widget.attrs |= attributes


class InvitedForm(UserCreationForm):
    """The name and the password of somebody who was invited."""


class AdminSignInForm(LimitedAttempts, AdminAuthenticationForm):
    """The form of the admin's page."""


def _refusal(sentence: str, seconds: int) -> ValidationError:
    return ValidationError(sentence, code="too_many_attempts", params={"seconds": seconds})
