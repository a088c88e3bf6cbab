"""The pages of conversations, and the sockets."""

from django.urls import path

from chatsite.chat import feedback_views, find_views, sse, views
from chatsite.chat.consumers import ConversationConsumer, PersonConsumer
from chatsite.history import temporary_views as temporary
from chatsite.history import views as history
from chatsite.history.organising import folder_views as folders
from chatsite.history.organising import views as organising
from chatsite.history.readers import readers
from chatsite.history.retention import views as retention

app_name = "conversations"

urlpatterns = [
    path("", views.new, name="new"),
    path("conversations/", history.history, name="history"),
    path("conversations/list/", history.listing, name="list"),
    path("conversations/entries/", history.entries, name="entries"),
    path("conversations/readers/", readers, name="readers"),
    path("conversations/endings/", retention.endings, name="endings"),
    path("conversations/folders/", folders.folders, name="folders"),
    path("conversations/folders/lists/", folders.lists, name="folder-lists"),
    path("conversations/folders/<uuid:uuid>/", folders.change, name="change-folder"),
    path("conversations/folders/<uuid:uuid>/delete/", folders.delete, name="delete-folder"),
    path("conversations/act/", organising.act, name="act"),
    path("conversations/<uuid:uuid>/act/", organising.act_on_one, name="act-on-one"),
    path("conversations/undo/<uuid:uuid>/", organising.undo, name="undo"),
    path("conversations/<uuid:uuid>/", views.detail, name="detail"),
    path("conversations/<uuid:uuid>/send/", views.send, name="send"),
    path("conversations/<uuid:uuid>/rename/", history.rename, name="rename"),
    path("conversations/<uuid:uuid>/delete/", history.delete, name="delete"),
    path("conversations/<uuid:uuid>/keep/", temporary.keep, name="keep"),
    path("conversations/<uuid:uuid>/prompt/", views.prompt, name="prompt"),
    path("conversations/<uuid:uuid>/head/", views.head, name="head"),
    path("conversations/<uuid:uuid>/rate/", feedback_views.rate, name="rate"),
    path("conversations/<uuid:uuid>/feedback/", feedback_views.feedback, name="feedback"),
    path("conversations/<uuid:uuid>/events/", sse.conversation_stream, name="events"),
    path("conversations/<uuid:uuid>/frames/", sse.frames, name="frames"),
    path("me/events/", sse.person_stream, name="person-events"),
    path("conversations/<uuid:uuid>/find/", find_views.find, name="find"),
    path("conversations/<uuid:uuid>/messages/", views.messages, name="messages"),
    path("conversations/<uuid:uuid>/messages/<uuid:message>/", views.message, name="message"),
    path("conversations/<uuid:uuid>/messages/<uuid:message>.md", views.source, name="source"),
]

websocket_urlpatterns = [
    path("ws/me/", PersonConsumer.as_asgi()),
    path("ws/conversations/<uuid:uuid>/", ConversationConsumer.as_asgi()),
]
