"""Providers and models in the admin."""

from chatsite.providers.admin.providers import ModelAdmin, ProviderAdmin

__all__ = ["ModelAdmin", "ProviderAdmin"]
