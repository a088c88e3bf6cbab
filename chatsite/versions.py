"""What runs here."""

import platform
from importlib.metadata import version

import django


def versions() -> str:
    """Return the versions of the site, of Django and of Python, in one line."""
    return f"chatsite {version('chatsite')}, Django {django.__version__}, Python {platform.python_version()}"
