"""The lines for proxies on the admin's first page: this host's names are in them, and nginx serves the site by them."""

import asyncio
import contextlib
import html
import re
import socket
import ssl
import time

import pytest
import trustme
from django.contrib.auth.models import User

from tests.faults.test_nginx import EVENTS, PAGE, QUIET, SOCKET, UPGRADE, Worker
from tests.faults.topology import skip_where_missing
from tests.harness.engines import Nginx
from tests.harness.site import ROOT, free_port

BLOCK = re.compile(r'aria-label="Lines for (\w+)"><code>(.*?)</code>', re.DOTALL)
LOCATION = re.compile(r"^    location .*?^    \}", re.DOTALL | re.MULTILINE)


@pytest.fixture
def root(client, db, settings):
    settings.ALLOWED_HOSTS = ["*"]
    client.force_login(User.objects.create_superuser("root"))
    return client


def blocks(client, host="chat.example", server="127.0.0.1", port="8000") -> dict[str, str]:
    """The lines as a browser shows them, by the name of the proxy."""
    page = client.get("/admin/", HTTP_HOST=host, SERVER_NAME=server, SERVER_PORT=port).content.decode()
    return {name: html.unescape(lines) for name, lines in BLOCK.findall(page)}


def test_the_lines_name_this_host_and_this_worker(root):
    found = blocks(root, "chat.example:8000")
    assert set(found) == {"nginx", "Caddy", "Traefik"}
    for lines in found.values():
        assert "chat.example" in lines and "chat.example:" not in lines and "127.0.0.1:8000" in lines
    page = root.get("/admin/", HTTP_HOST="chat.example", SERVER_NAME="10.0.0.5").content.decode()
    assert "CHATSITE_ORIGINS=https://chat.example\nCHATSITE_TRUSTED_PROXIES=10.0.0.5" in page


def test_an_address_has_no_certificate_so_an_example_stands_for_its_name(root):
    found = blocks(root, "10.0.0.5:8000", "::1")
    assert "server_name chat.example;" in found["nginx"] and "server [::1]:8000 " in found["nginx"]


def test_the_lines_stay_on_the_page_of_settings(root, settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://our.example"]
    page = root.get("/admin/environment/").content.decode()
    assert "server_name our.example;" in page


def test_the_lines_for_nginx_treat_each_path_as_the_file_for_several_workers_does(root):
    file = re.sub(r" *#.*\n", "", (ROOT / "deploy" / "nginx.conf").read_text())
    assert LOCATION.findall(blocks(root)["nginx"]) == LOCATION.findall(file)


class TlsNginx(Nginx):
    """nginx with the lines as they are shown, but for ports and the certificate's files."""

    def __init__(self, lines: str, authority: trustme.CA) -> None:
        super().__init__()
        self._lines = lines
        self.tls = ssl.create_default_context()
        authority.configure_trust(self.tls)
        certificate = authority.issue_cert("chat.example").private_key_and_cert_chain_pem
        certificate.write_to_path(self.folder / "both.pem")

    def configuration(self) -> str:
        lines = re.sub(r"/etc/letsencrypt/\S+\.pem", str(self.folder / "both.pem"), self._lines)
        for port, own in {443: self.port, 80: free_port()}.items():
            lines = lines.replace(f"listen {port}", f"listen 127.0.0.1:{own}")
        return "\n".join([*self._ground(), f"http {{\naccess_log off;\n{lines}\n}}"])

    def answers(self) -> bool:
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", self.port), timeout=5) as plain,
        ):
            return bool(self.tls.wrap_socket(plain, server_hostname="chat.example").version())
        return False


def test_nginx_serves_pages_sockets_and_streams_by_these_lines(root):
    skip_where_missing()
    worker = Worker()
    worker.port = free_port()
    lines = blocks(root, port=str(worker.port))["nginx"]
    with TlsNginx(lines, trustme.CA()) as nginx:
        heads = asyncio.run(asked(worker, nginx))
    assert all(
        "X-Forwarded-For: 127.0.0.1\r\n" in head and "Host: chat.example\r\n" in head for head in heads
    )


async def asked(worker: Worker, nginx: TlsNginx) -> list[str]:
    """Ask for one of each kind. What is quiet comes at once, though nothing follows for a while."""
    paths = {
        PAGE: ("", b"ok"),
        SOCKET: (UPGRADE, b"first"),
        EVENTS: ("", b"first"),
        "/me/events/": ("", b"first"),
    }
    async with worker, asyncio.timeout(30):
        for path, (headers, said) in paths.items():
            begin = time.monotonic()
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", nginx.port, ssl=nginx.tls, server_hostname="chat.example"
            )
            writer.write(f"GET {path} HTTP/1.1\r\nHost: chat.example\r\n{headers}\r\n".encode())
            await reader.readuntil(said)
            assert time.monotonic() - begin < QUIET, path
            writer.close()
    return worker.heads
