"""Providers (completion servers), and the models that they serve."""

from chatsite.providers.models.model import COST_PLACES, MAX_COST, MadeBy, Model
from chatsite.providers.models.provider import MAX_TIMEOUT_SECONDS, Origin, Provider, validate_base_url

# Migrations name the last one.
__all__ = [
    "COST_PLACES",
    "MAX_COST",
    "MAX_TIMEOUT_SECONDS",
    "MadeBy",
    "Model",
    "Origin",
    "Provider",
    "validate_base_url",
]
