"""Erasing is tested on both databases."""

from tests.history.conftest import database, postgres  # noqa: F401
