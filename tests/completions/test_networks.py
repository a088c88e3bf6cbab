"""Certificate authorities of one's own, proxies, and what is of a private network."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import trustme

from chatsite.completions import APIConnectionError, AsyncClient
from chatsite.completions.networks import is_local, is_loopback
from tests.completions.conftest import ask
from tests.completions.proxy import Proxy
from tests.upstream import Upstream

HOST = "model.example.com"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


@pytest.fixture
async def secure(authority: trustme.CA) -> AsyncIterator[Upstream]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1", HOST).configure_cert(context)
    async with Upstream(tls=context) as server:
        yield server


async def failure_of(base_url: str, **options: str) -> APIConnectionError:
    async with AsyncClient(base_url, max_retries=2, **options) as client:
        failure = (await ask(client)).error
    assert isinstance(failure, APIConnectionError)
    return failure


async def test_an_authority_of_ones_own_is_trusted(secure: Upstream, ca_file: str) -> None:
    async with AsyncClient(secure.base_url, ca_file=ca_file) as client:
        assert (await ask(client))[:2] == ("Hello from upstream.", None)


async def test_an_authority_that_nobody_named_is_not_trusted_and_the_setting_is_named(
    secure: Upstream,
) -> None:
    failure = await failure_of(secure.base_url)
    assert "certificate is not trusted" in str(failure) and "CHATSITE_CA_FILE" in str(failure)
    assert (failure.kind, failure.retryable, len(secure.connections)) == ("connection", False, 1)


async def test_a_certificate_for_another_name_is_told(secure: Upstream, ca_file: str) -> None:
    failure = await failure_of(f"https://localhost:{secure.port}/v1", ca_file=ca_file)
    assert str(failure) == "The model server's certificate is for another name than that of its address."


async def test_https_where_http_is_spoken_is_told() -> None:
    async def complain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(complain, "127.0.0.1", 0) as server:
        failure = await failure_of(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
    assert str(failure) == "The model server does not speak HTTPS at this address."


async def test_a_server_that_hangs_up_before_https_is_agreed_on_is_told() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        failure = await failure_of(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
    assert str(failure) == "The model server ended the connection before HTTPS was agreed on."
    assert failure.retryable


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_a_file_without_certificates_makes_no_client(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "authority.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ValueError, match="certificate authorities"):
        AsyncClient("https://127.0.0.1/v1", ca_file=str(path))


@pytest.fixture(params=["", "-----BEGIN CERTIFICATE-----"])
def half_written(request: pytest.FixtureRequest, ca_file: str) -> str:
    """A file of authorities that was read when it was whole."""
    AsyncClient("https://127.0.0.1/v1", ca_file=ca_file)
    Path(ca_file).write_text(request.param)
    return ca_file


async def test_while_a_file_of_authorities_is_renewed_what_was_read_before_counts(
    secure: Upstream, half_written: str
) -> None:
    async with AsyncClient(secure.base_url, ca_file=half_written) as client:
        assert (await ask(client)).error is None


async def test_a_server_is_asked_through_the_proxy(upstream: Upstream) -> None:
    async with (
        Proxy(upstream.port) as proxy,
        AsyncClient(f"http://{HOST}/v1", "sk-test", proxy=proxy.url) as client,
    ):
        assert (await ask(client))[:2] == ("Hello from upstream.", None)
        assert proxy.asked[0].startswith(f"POST http://{HOST}/v1/chat/completions HTTP/1.1")
    assert upstream.requests[0].headers["host"] == HOST


async def test_a_server_over_https_is_asked_through_a_tunnel_that_sees_no_key(
    secure: Upstream, ca_file: str
) -> None:
    async with (
        Proxy(secure.port) as proxy,
        AsyncClient(f"https://{HOST}/v1", "sk-test", proxy=proxy.url, ca_file=ca_file) as client,
    ):
        for _ in range(3):
            assert (await ask(client))[:2] == ("Hello from upstream.", None)
        assert [head.split("\r\n")[0] for head in proxy.asked] == [f"CONNECT {HOST}:443 HTTP/1.1"]
        assert "sk-test" not in proxy.asked[0]
    assert secure.requests[0].headers["authorization"] == "Bearer sk-test"


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_what_comes_through_a_proxy_while_nobody_looks_is_whole(
    upstream: Upstream, secure: Upstream, ca_file: str, scheme: str
) -> None:
    server = secure if scheme == "https" else upstream
    server.reply(["x" * 1000] * 300)
    async with (
        Proxy(server.port) as proxy,
        AsyncClient(f"{scheme}://{HOST}/v1", proxy=proxy.url, ca_file=ca_file) as client,
    ):
        assert len((await ask(client)).text) == 300_000


@pytest.mark.filterwarnings("ignore:.*proxy_auth:DeprecationWarning", "ignore:BasicAuth:DeprecationWarning")
async def test_the_proxys_own_password_is_sent_to_it_alone(upstream: Upstream) -> None:
    async with Proxy(upstream.port) as proxy:
        with_password = proxy.url.replace("://", "://me:secret@")
        async with AsyncClient(f"http://{HOST}/v1", "sk-test", proxy=with_password) as client:
            assert (await ask(client)).error is None
        assert "proxy-authorization: basic bwu6c2vjcmv0" in proxy.asked[0].lower()
    assert upstream.requests[0].headers["authorization"] == "Bearer sk-test"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_server_on_this_machine_is_asked_without_the_proxy(upstream: Upstream, host: str) -> None:
    async with (
        Proxy(upstream.port) as proxy,
        AsyncClient(f"http://{host}:{upstream.port}/v1", proxy=proxy.url) as client,
    ):
        assert (await ask(client)).error is None
        assert proxy.asked == []


REFUSALS = {
    "https": [
        (403, "refused the connection (403)"),
        (407, "name and a password (407)"),
        (502, "cannot reach"),
    ],
    "http": [(407, "asks for a name and a password")],
}


@pytest.mark.parametrize(
    ("scheme", "status", "sentence"),
    [(scheme, *refusal) for scheme, refusals in REFUSALS.items() for refusal in refusals],
)
async def test_a_proxy_that_refuses_is_named(
    upstream: Upstream, scheme: str, status: int, sentence: str
) -> None:
    async with (
        Proxy(upstream.port, status) as proxy,
        AsyncClient(f"{scheme}://{HOST}/v1", proxy=proxy.url, max_retries=0) as client,
    ):
        failure = (await ask(client)).error
    assert sentence in str(failure) and "CHATSITE_PROXY" in str(failure)


async def test_a_proxy_that_cannot_be_reached_is_named() -> None:
    async with AsyncClient(f"http://{HOST}/v1", proxy="http://127.0.0.1:9", max_retries=0) as client:
        failure = (await ask(client)).error
    assert str(failure) == "The proxy that CHATSITE_PROXY names cannot be reached."


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1080", "proxy:3128", "http://", "ftp://x"])
def test_an_address_that_is_no_proxys_makes_no_client(proxy: str) -> None:
    with pytest.raises(ValueError, match="proxy must be"):
        AsyncClient(f"http://{HOST}/v1", proxy=proxy)


@pytest.mark.parametrize(
    ("host", "local", "loopback"),
    [
        ("127.0.0.1", True, True),
        ("127.8.8.8", True, True),
        ("::1", True, True),
        ("[::1]", True, True),
        ("localhost", True, True),
        ("ollama", True, False),
        ("my_gpu", True, False),
        ("10.1.2.3", True, False),
        ("172.20.0.1", True, False),
        ("192.168.0.9", True, False),
        ("fd00::1", True, False),
        ("gpu.lan", True, False),
        ("llm.default.svc.cluster.local", True, False),
        ("api.openai.com", False, False),
        ("8.8.8.8", False, False),
        ("2606:4700::1111", False, False),
    ],
)
def test_a_host_is_of_this_network_or_not(host: str, local: bool, loopback: bool) -> None:
    assert (is_local(host), is_loopback(host)) == (local, loopback)
