"""Certificates and TLS in the test of a provider: the cause is named, and what to do."""

import asyncio
import ssl
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from chatsite.providers.clients import Clients, make_client
from chatsite.providers.connection_steps import STEP_SECONDS
from chatsite.providers.models import Model, Provider
from tests.providers.diagnosing import failure_of, steps_of
from tests.upstream import Upstream

NOW = datetime.now(UTC)
PLAIN = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def file(authority, settings, tmp_path):
    """The file of authorities that the site trusts."""
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(file)
    settings.CA_FILE = str(file)
    return file


def secure(authority, *names, **dates) -> Upstream:
    """A model server with a certificate for these names."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*(names or ["127.0.0.1"]), **dates).configure_cert(context)
    return Upstream(tls=context)


@asynccontextmanager
async def listening(answer):
    """The address of a server that does this with each connection."""

    async def connected(reader, writer):
        try:
            await answer(reader, writer)
        finally:
            writer.close()

    async with await asyncio.start_server(connected, "127.0.0.1", 0) as server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"


async def test_a_certificate_of_an_own_authority_is_accepted(authority, file):
    async with secure(authority) as upstream:
        steps = await steps_of(upstream.base_url)
    assert all(step.ok for step in steps)
    assert steps[1].sentence.startswith("The certificate is valid until ")


@pytest.mark.parametrize(
    ("names", "dates", "sentence", "advice"),
    [
        ([], {"not_after": NOW - timedelta(days=2)}, "certificate has expired.", "Renew it"),
        ([], {"not_before": NOW + timedelta(days=2)}, "is not valid yet", "Set the clock"),
        (["other.example"], {}, "is for another name", "Use the name that the certificate is for"),
    ],
)
async def test_each_fault_of_a_certificate_has_its_own_advice(
    authority, file, names, dates, sentence, advice
):
    dates = {"not_before": NOW - timedelta(days=9), "not_after": NOW + timedelta(days=9)} | dates
    async with secure(authority, *names, **dates) as upstream:
        passed, said, do = await failure_of(upstream.base_url)
    assert passed == 1 and sentence in said and advice in do


async def test_a_certificate_of_an_unknown_authority_is_said(file):
    async with secure(trustme.CA()) as upstream:
        passed, sentence, advice = await failure_of(upstream.base_url)
    assert passed == 1 and "certificate is not trusted" in sentence
    assert "CHATSITE_CA_FILE" in advice and "all certificates between" in advice


async def test_a_certificate_that_is_signed_by_itself_is_said(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with authority.private_key_pem.tempfile() as key, authority.cert_pem.tempfile() as certificate:
        context.load_cert_chain(certificate, key)
    async with Upstream(tls=context) as upstream:
        passed, sentence, advice = await failure_of(upstream.base_url)
    assert passed == 1 and "signed by itself" in sentence and "Put this certificate into a file" in advice


@pytest.mark.parametrize(
    ("content", "words"), [(None, "cannot be read"), ("nothing", "holds no certificates")]
)
async def test_a_file_of_authorities_that_is_no_longer_good_is_said(authority, file, content, words):
    file.unlink()
    if content:
        file.write_text(content)
    async with secure(authority) as upstream:
        passed, sentence, advice = await failure_of(upstream.base_url)
    assert (passed, sentence) == (
        1,
        f"The file of certificate authorities that CHATSITE_CA_FILE names {words}.",
    )
    assert advice == "Correct it where the site is started, and start it again."


@pytest.mark.django_db
async def test_an_authority_that_is_renewed_is_trusted_without_a_restart(file):
    renewed, clients = trustme.CA(), Clients()
    async with secure(renewed) as upstream:
        model = Model(provider=Provider(pk=1, name="Mine", base_url=upstream.base_url), name="test-model")
        client = clients.router([model]).endpoints[0].client
        assert not (await failure_of(upstream.base_url))[1].startswith("The file")
        renewed.cert_pem.write_to_path(file)
        other = clients.router([model]).endpoints[0].client
        assert other is not client and len(await other.models.list()) == 1
        assert clients.router([model]).endpoints[0].client is other
        async with make_client(model.provider) as new:
            assert len(await new.models.list()) == 1
    await client.aclose()
    await clients.close()


async def test_https_where_http_is_spoken_is_said():
    async def complain(reader, writer):
        await reader.read(1)
        writer.write(PLAIN)

    async with listening(complain) as url:
        passed, sentence, advice = await failure_of(url)
    assert (passed, sentence) == (1, "The server does not speak https there.")
    assert "http://" in advice


async def test_http_where_https_is_spoken_leads_to_https(authority):
    async with secure(authority) as upstream:
        passed, _, advice = await failure_of(upstream.base_url.replace("https:", "http:"))
    assert (passed, advice) == (1, f"The server speaks https there: try {upstream.base_url}.")


async def test_a_server_that_hangs_up_at_the_handshake_is_said():
    async def hang_up(reader, writer):
        await reader.read(10)

    async with listening(hang_up) as url:
        passed, sentence, advice = await failure_of(url)
    assert (passed, sentence) == (1, "The server ended the connection before https was agreed on.")
    assert "TLS 1.2" in advice


async def test_a_handshake_that_hangs_is_not_called_plain_http():
    async def wait(reader, writer):
        await reader.read()

    async with listening(wait) as url:
        passed, sentence, advice = await failure_of(url)
    assert (passed, sentence) == (1, f"The server does not agree on https within {STEP_SECONDS} s.")
    assert "holds it back" in advice


async def test_a_server_that_wants_a_certificate_of_the_site_is_said(authority, file):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    async with Upstream(tls=context) as upstream:
        passed, _, advice = await failure_of(upstream.base_url)
    assert passed == 2 and "a certificate of the site’s own" in advice
