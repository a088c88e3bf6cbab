"""People with a session, as the cookie that their browser would send."""

from http.client import HTTPConnection
from urllib.parse import urlsplit

from tests.harness.site import Site


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
    return site.shell(f"from tests.harness.seed import person; person({name!r})")[0]
