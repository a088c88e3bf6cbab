"""Providers and models in the admin."""

from chatsite.providers.admin.models import ModelAdmin
from chatsite.providers.admin.providers import ProviderAdmin

__all__ = ["ModelAdmin", "ProviderAdmin"]
