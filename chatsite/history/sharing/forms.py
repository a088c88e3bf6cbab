"""The form that makes a link, or updates one."""

from django import forms
from django.conf import settings
from django.core.validators import MaxLengthValidator, MinLengthValidator
from django.utils import timezone

from chatsite.history.sharing.models import Share
from chatsite.history.sharing.passphrases import (
    MAX_PASSPHRASE_CHARACTERS,
    MIN_PASSPHRASE_CHARACTERS,
    hashed,
)

EXPIRIES = [
    ("1", "in a day"),
    ("7", "in 7 days"),
    ("30", "in 30 days"),
    ("90", "in 90 days"),
    ("365", "in a year"),
    ("", "never"),
]
DEFAULT_EXPIRY = "30"
SIGNED_IN, ANYBODY = "signed-in", "anybody"
AUDIENCES = [
    (SIGNED_IN, "People who are signed in here and have the link"),
    (ANYBODY, "Anybody who has the link"),
]


class ShareForm(forms.Form):
    """Shares a conversation. `share`: the link to update, or a new one."""

    audience = forms.ChoiceField(label="Who can read it", choices=AUDIENCES, widget=forms.RadioSelect)
    expiry = forms.ChoiceField(label="The link expires", choices=EXPIRIES, required=False)
    passphrase = forms.CharField(
        label="Passphrase",
        required=False,
        validators=[
            MinLengthValidator(
                MIN_PASSPHRASE_CHARACTERS, "A passphrase needs at least %(limit_value)d characters."
            ),
            MaxLengthValidator(
                MAX_PASSPHRASE_CHARACTERS, "A passphrase may have at most %(limit_value)d characters."
            ),
        ],
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    without_passphrase = forms.BooleanField(label="Remove the passphrase", required=False)
    reasoning = forms.BooleanField(label="Show the reasoning of answers, too", required=False)

    def __init__(self, share: Share, data=None) -> None:
        is_new = share.pk is None
        expiry = DEFAULT_EXPIRY if is_new else str(share.days or "")
        audience = SIGNED_IN if share.needs_sign_in else ANYBODY
        initial = {"audience": audience, "expiry": expiry, "reasoning": share.with_reasoning}
        super().__init__(data, initial=initial)
        self.share = share
        if settings.SHARE_SIGNED_IN_ONLY:
            self.fields["audience"].choices = AUDIENCES[:1]
        if not share.passphrase:
            del self.fields["without_passphrase"]
        self.fields["passphrase"].help_text = (
            "Leave this empty to keep the present one."
            if share.passphrase
            else f"Optional, {MIN_PASSPHRASE_CHARACTERS} characters or more. Send it by another way than the link."
        )

    def filled(self) -> Share:
        """Return the share as the form describes it. It is not saved."""
        share, chosen = self.share, self.cleaned_data
        share.signed_in_only = chosen["audience"] == SIGNED_IN
        share.with_reasoning = chosen["reasoning"]
        share.expire_after(int(chosen["expiry"]) if chosen["expiry"] else None, timezone.now())
        if chosen.get("without_passphrase"):
            share.passphrase = ""
        elif chosen["passphrase"]:
            share.passphrase = hashed(chosen["passphrase"])
        return share
