"""The states of an answer of a tryout."""

from django.db import models

INTERRUPTED = "The answer was interrupted: the site was stopped while it was being written."


class Status(models.TextChoices):
    """waiting: for one of the person's other answers to end."""

    WAITING = "waiting"
    STREAMING = "streaming"
    COMPLETE = "complete"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


RUNNING = (Status.WAITING, Status.STREAMING)
