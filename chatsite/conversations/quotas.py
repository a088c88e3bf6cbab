"""How many answers of one person may be written at once."""

from chatsite.conversations.errors import Refusal
from chatsite.limits import MAX_RUNS_PER_USER

BUSY_PERSON = (
    f"{MAX_RUNS_PER_USER} of your answers are being written, the most at once. "
    "Wait for one to end, or stop one."
)


def refuse_busy_person(running: int) -> None:
    """Raises Refusal where as many answers of a person are being written as may be, on whatever worker."""
    if running >= MAX_RUNS_PER_USER:
        raise Refusal("busy_person", BUSY_PERSON)
