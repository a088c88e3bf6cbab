"""The doctor's socket. Its pages are the admin's."""

from django.urls import path

from chatsite.operations.doctor.answers import AnswerConsumer

websocket_urlpatterns = [path("ws/doctor/", AnswerConsumer.as_asgi(), name="doctor-socket")]
