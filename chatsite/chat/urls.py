"""The pages of conversations, and their socket."""

from django.urls import path

from chatsite.chat import sse, views
from chatsite.chat.consumers import ConversationConsumer
from chatsite.history import views as history

app_name = "conversations"

urlpatterns = [
    path("", views.new, name="new"),
    path("conversations/", history.history, name="history"),
    path("conversations/list/", history.listing, name="list"),
    path("conversations/<uuid:uuid>/", views.detail, name="detail"),
    path("conversations/<uuid:uuid>/send/", views.send, name="send"),
    path("conversations/<uuid:uuid>/rename/", history.rename, name="rename"),
    path("conversations/<uuid:uuid>/delete/", history.delete, name="delete"),
    path("conversations/<uuid:uuid>/head/", views.head, name="head"),
    path("conversations/<uuid:uuid>/events/", sse.stream, name="events"),
    path("conversations/<uuid:uuid>/frames/", sse.frames, name="frames"),
    path("conversations/<uuid:uuid>/messages/<uuid:message>.md", views.source, name="source"),
]

websocket_urlpatterns = [
    path("ws/conversations/<uuid:uuid>/", ConversationConsumer.as_asgi()),
]
