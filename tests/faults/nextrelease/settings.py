"""The site's settings, with what is new."""

from chatsite.settings import *  # noqa: F403
from chatsite.settings import INSTALLED_APPS as BEFORE

INSTALLED_APPS = [*BEFORE, "tests.faults.nextrelease"]
