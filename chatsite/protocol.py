"""Numbers that the server and its pages both know. Each page receives them; static/js/protocol.js reads them there."""

from typing import Any

from django.utils.html import json_script

# The codes that a WebSocket is closed with. docs/protocol.md says what a page does for each.
CLOSE_FAILED = 1011
CLOSE_SERVICE_RESTART = 1012
CLOSE_SIGNED_OUT = 4401
CLOSE_NOT_FOUND = 4404
CLOSE_TOO_MUCH = 4429

# Characters of one message of a person.
MAX_TEXT_CHARACTERS = 500_000
# Seconds of silence after which an event stream sends a comment, which shows that the connection lives.
SILENCE_SECONDS = 15
# A page acknowledges what it has shown after these seconds, or these characters if that is sooner.
ACK_SECONDS = 0.5
ACK_CHARACTERS = 16_384

NUMBERS = {name: value for name, value in globals().items() if name.isupper()}
SCRIPT = json_script(NUMBERS, "protocol")


def numbers(request: Any) -> dict[str, str]:
    """A context processor: `protocol` is the element that holds the numbers in a page."""
    return {"protocol": SCRIPT}
