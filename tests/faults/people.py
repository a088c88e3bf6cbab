"""People with a session, as the cookie that their browser would send."""

from http.client import HTTPConnection
from urllib.parse import urlsplit

from tests.faults.site import Site

MAKE = """
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
user, _ = get_user_model().objects.get_or_create(username={name!r})
session = import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.create()
print("cookie", session.session_key)
"""


def sign_in(site: Site) -> str:
    """Sign the owner in by the link that the site printed."""
    connection = HTTPConnection("127.0.0.1", site.port)
    connection.request("GET", urlsplit(site.sign_in_link).path)
    cookies = connection.getresponse().headers.get_all("Set-Cookie", [])
    connection.close()
    (cookie,) = [cookie.split(";")[0] for cookie in cookies if cookie.startswith("chatsite-session=")]
    return cookie


def stranger(site: Site, name: str) -> str:
    """A second person of this site."""
    said, _ = site.manage("shell", "-c", MAKE.format(name=name)).communicate(timeout=60)
    (key,) = [line.split()[1] for line in said.splitlines() if line.startswith("cookie ")]
    return f"chatsite-session={key}"
