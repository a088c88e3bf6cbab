"""Closing a banner."""

from django.urls import path

from chatsite.banners import views

app_name = "banners"

urlpatterns = [path("<int:pk>/dismiss/", views.dismiss, name="dismiss")]
