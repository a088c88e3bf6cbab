"""Model servers, and a machine on which the site finds none by itself."""

import socket

import pytest
from django.contrib.auth.models import User

from tests.upstream import UpstreamThread


@pytest.fixture
def server():
    with UpstreamThread() as server:
        yield server


@pytest.fixture
def silent():
    """A server that accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host, port = listener.getsockname()
        yield f"http://{host}:{port}/v1"


@pytest.fixture(autouse=True)
def nothing_around(settings):
    """No model server where the site looks for one by itself."""
    settings.OPENAI_BASE_URL = settings.OPENAI_API_KEY = ""
    settings.OLLAMA_BASE_URL = "http://127.0.0.1:9/v1"


@pytest.fixture
def admin(client):
    client.force_login(User.objects.create_superuser("root"))
    return client
