"""The pages of shares: the owner's, and what a link opens."""

from django.urls import path

from chatsite.history.sharing import public_views, views

app_name = "sharing"

urlpatterns = [
    path("conversations/links/", views.links, name="links"),
    path("conversations/links/<uuid:uuid>/", views.update, name="update"),
    path("conversations/links/<uuid:uuid>/revoke/", views.revoke, name="revoke"),
    path("conversations/<uuid:uuid>/share/", views.share, name="share"),
    path("shared/<str:token>/", public_views.shared, name="shared"),
]
