"""How many answers of one person may be written at once."""

from django.contrib.auth.models import User

from chatsite.conversations.errors import Refusal
from chatsite.conversations.models import Completion
from chatsite.limits import MAX_RUNS_PER_USER

BUSY_PERSON = (
    f"{MAX_RUNS_PER_USER} of your answers are being written, the most at once. "
    "Wait for one to end, or stop one."
)


def refuse_busy_person(user: User) -> None:
    """Raises Refusal where as many are being written as may be, on whatever worker."""
    if Completion.objects.running_of(user) >= MAX_RUNS_PER_USER:
        raise Refusal("busy_person", BUSY_PERSON)
