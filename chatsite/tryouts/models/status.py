"""The states of an answer of a tryout."""

from django.db import models


class Status(models.TextChoices):
    """waiting: for one of the person's other answers to end."""

    WAITING = "waiting"
    STREAMING = "streaming"
    COMPLETE = "complete"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


RUNNING = (Status.WAITING, Status.STREAMING)
