"""The pages of conversations, and their socket."""

from django.urls import path

from chatsite.conversations import streams, views
from chatsite.conversations.consumers import ConversationConsumer

app_name = "conversations"

urlpatterns = [
    path("", views.new, name="new"),
    path("conversations/", views.history, name="history"),
    path("conversations/list/", views.listing, name="list"),
    path("conversations/<uuid:uuid>/", views.detail, name="detail"),
    path("conversations/<uuid:uuid>/send/", views.send, name="send"),
    path("conversations/<uuid:uuid>/rename/", views.rename, name="rename"),
    path("conversations/<uuid:uuid>/delete/", views.delete, name="delete"),
    path("conversations/<uuid:uuid>/head/", views.head, name="head"),
    path("conversations/<uuid:uuid>/events/", streams.stream, name="events"),
    path("conversations/<uuid:uuid>/frames/", streams.frames, name="frames"),
    path("conversations/<uuid:uuid>/messages/<uuid:message>.md", views.source, name="source"),
]

websocket_urlpatterns = [
    path("ws/conversations/<uuid:uuid>/", ConversationConsumer.as_asgi()),
]
