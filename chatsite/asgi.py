"""The entry for HTTP and WebSockets."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
http = get_asgi_application()

# What follows reads models, so Django must be set up before it is imported.
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import WebsocketDenier  # noqa: E402
from django.urls import re_path  # noqa: E402

from chatsite.chat.origins import SameOrigin  # noqa: E402
from chatsite.chat.socket_user import SignedIn  # noqa: E402
from chatsite.chat.urls import websocket_urlpatterns  # noqa: E402
from chatsite.operations.doctor.urls import websocket_urlpatterns as of_doctor  # noqa: E402
from chatsite.request_threads import RequestThreads  # noqa: E402

# Anybody can ask for any path, and must not fill the log with it.
nowhere = re_path("", WebsocketDenier.as_asgi())

application = ProtocolTypeRouter(
    {
        "http": RequestThreads(http),
        "websocket": SameOrigin(SignedIn(URLRouter([*websocket_urlpatterns, *of_doctor, nowhere]))),
    }
)
