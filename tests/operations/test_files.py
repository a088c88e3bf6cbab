"""How many files the process may open."""

import subprocess
import sys

LOWERED = """
import resource
from chatsite.operations.files import raise_limit
resource.setrlimit(resource.RLIMIT_NOFILE, (1024, {hard}))
print(raise_limit(), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


def raised(hard: int) -> list[int]:
    """What is returned, and the soft limit afterwards, in a process of its own that begins with 1,024."""
    command = [sys.executable, "-c", LOWERED.format(hard=hard)]
    return [int(word) for word in subprocess.check_output(command, text=True).split()]


def test_the_soft_limit_is_raised_as_far_as_the_system_lets_it():
    assert raised(hard=3000) == [3000, 3000]


def test_a_limit_that_cannot_be_raised_stays():
    assert raised(hard=1024) == [1024, 1024]
