"""The limit of answers of one person that are being written."""

from chatsite.conversations.errors import Refusal
from chatsite.limits import MAX_RUNNING_ANSWERS_PER_USER

BUSY_PERSON = (
    f"{MAX_RUNNING_ANSWERS_PER_USER} of your answers are being written, the most at once. "
    "Wait for one to end, or stop one."
)


def refuse_busy_person(running: int) -> None:
    """Raises Refusal at the limit. `running`: the person's answers that are being written, on all workers."""
    if running >= MAX_RUNNING_ANSWERS_PER_USER:
        raise Refusal("busy_person", BUSY_PERSON)
