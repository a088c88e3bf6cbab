"""A model that is the only one."""

import pytest

from chatsite.providers.models import Model, Provider


@pytest.fixture
def model(db) -> Model:
    Provider.objects.update(enabled=False)
    provider = Provider.objects.create(name="Somewhere", base_url="http://127.0.0.1:1/v1")
    return Model.objects.create(provider=provider, name="small")
