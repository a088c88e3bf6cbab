"""Large bodies and responses, on a real server: memory does not grow with them."""

import json
import re
import resource
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.harness.meter import MIB
from tests.harness.people import sign_in
from tests.harness.site import Site
from tests.history.exchange.test_writer import chat

FILE_BYTES = 40 * MIB
MAX_GROWTH = 25 * MIB
BOUNDARY = "boundary"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with Site(tmp_path_factory.mktemp("home"), "http://127.0.0.1:9/v1") as site:
        site.cookie = sign_in(site)
        yield site


def connect(site) -> HTTPConnection:
    return HTTPConnection("127.0.0.1", site.port, timeout=120)


def get(site, path: str):
    connection = connect(site)
    connection.request("GET", path, headers={"Cookie": site.cookie})
    return connection.getresponse()


def upload(site, path: str, token: str, cookies: str, size: int):
    """Send a form with a file of a number of blanks."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n',
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.json"\r\n\r\n',
    ]
    head, tail = "".join(parts).encode(), f"\r\n--{BOUNDARY}--\r\n".encode()
    connection = connect(site)
    connection.putrequest("POST", path)
    connection.putheader("Cookie", cookies)
    connection.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
    connection.putheader("Content-Length", str(len(head) + size + len(tail)))
    connection.endheaders(head)
    try:
        for _ in range(size // MIB):
            connection.send(b" " * MIB)
        connection.send(b" " * (size % MIB))
        connection.send(tail)
    except ConnectionError:
        pass  # it was refused before its end
    return connection.getresponse()


@contextmanager
def full_disk(site):
    """The site's process can make no file larger meanwhile: the kernel refuses each of its writes."""
    _, hard = before = resource.prlimit(site.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(site.process.pid, resource.RLIMIT_FSIZE, (0, hard))
    yield
    resource.prlimit(site.process.pid, resource.RLIMIT_FSIZE, before)


def fill(site, path: Path) -> None:
    """Give the owner 40 MB of conversations."""
    conversations = [chat(f"c{number}", *["word " * 8000] * 20) for number in range(50)]
    path.write_text(json.dumps(conversations))
    assert site.manage("import", str(path), "--user", "owner").wait(timeout=300) == 0


def upload_form(site) -> tuple[str, str, str]:
    """The path, the token and the cookies of the form."""
    answer = get(site, "/conversations/import/")
    (csrf,) = [cookie.split(";")[0] for cookie in answer.headers.get_all("Set-Cookie") if "csrf" in cookie]
    text = answer.read().decode()
    path = re.search(r'action="(/conversations/import/upload/[^"]+)"', text)[1]
    return path, re.search(r'csrfmiddlewaretoken" value="([^"]+)"', text)[1], f"{site.cookie}; {csrf}"


def test_memory_does_not_grow_with_an_upload(site):
    path, token, cookies = upload_form(site)
    meter = site.meter.start()
    idle = meter.memory
    answer = upload(site, path, token, cookies, FILE_BYTES)
    assert answer.status == 302
    assert meter.peak - idle < MAX_GROWTH
    deadline = time.monotonic() + 120
    report = answer.headers["Location"]
    while "Nothing was imported" not in (text := get(site, report).read().decode()):
        assert time.monotonic() < deadline, text
        time.sleep(0.5)
    assert "The file is empty" in text


@pytest.mark.parametrize("size", [FILE_BYTES, 30_000], ids=["large", "small"])
def test_an_upload_that_a_full_disk_cannot_hold_is_refused_in_words(site, size):
    path, token, cookies = upload_form(site)
    with full_disk(site):
        answer = upload(site, path, token, cookies, size)
        text = answer.read().decode()
    assert answer.status in (422, 507)
    assert "not enough room" in text or "could not be stored" in text
    assert site.said("could not be (kept|stored)")


def test_a_large_body_at_another_path_is_refused(site):
    _, token, cookies = upload_form(site)
    path = "/conversations/import/upload/1:forged:signature/"
    answer = upload(site, path, token, cookies, FILE_BYTES)
    assert answer.status == 413 and b"at most 4 MB" in answer.read()


def test_an_export_waits_for_a_client_that_is_slow_to_take_it(site, tmp_path):
    fill(site, tmp_path / "large.json")
    meter = site.meter.start()
    idle = meter.memory
    answer = get(site, "/conversations/export/?format=json")
    answer.read(1000)
    time.sleep(3)
    assert meter.peak - idle < MAX_GROWTH
    assert answer.read().endswith(b"]}\n")
