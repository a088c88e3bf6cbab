"""Tests that say so run on both databases."""

from tests.history.conftest import database, postgres  # noqa: F401
