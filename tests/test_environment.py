"""What the environment sets: each bad value is a sentence that names the variable."""

import pytest
import trustme
from django.core.exceptions import ImproperlyConfigured

from chatsite import environment, servers


def value(monkeypatch, read, text: str):
    monkeypatch.setenv("CHATSITE_TEST", text)
    return read("CHATSITE_TEST")


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("chat.example", ["chat.example"]),
        (" Chat.EXAMPLE. , other ", ["chat.example", "other"]),
        (".chat.example", [".chat.example"]),
        ("my_host,192.168.0.7", ["my_host", "192.168.0.7"]),
        ("fd00::1,[FD00::2]", ["[fd00::1]", "[fd00::2]"]),
        ("bücher.example", ["xn--bcher-kva.example"]),
        ("*", ["*"]),
        ("", []),
    ],
)
def test_hosts_are_names_as_browsers_send_them(monkeypatch, text, means):
    assert value(monkeypatch, environment.hosts, text) == means


@pytest.mark.parametrize(
    "text",
    [
        "chat.example:8000", "https://chat.example", "chat.example/", "chat.example other", "192.168.0.0/24",
        "192.168.0.*", "*.chat.example", "chat.*", "user@chat.example", "[::1]:8000", "-", "b\N{SNOWMAN}..x",
        "chat..example", "chat-.example", "a" * 64, "[:::]", "fe80::1%eth0", "1::2::3",
    ],
)  # fmt: skip
def test_what_is_no_host_name_is_said_in_a_sentence(monkeypatch, text):
    with pytest.raises(ImproperlyConfigured, match="CHATSITE_TEST must list host names"):
        value(monkeypatch, environment.hosts, text)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("https://chat.example", "https://chat.example"),
        ("HTTPS://Chat.Example/", "https://chat.example"),
        ("https://chat.example:443", "https://chat.example"),
        ("http://chat.example:80", "http://chat.example"),
        ("https://chat.example:8443", "https://chat.example:8443"),
        ("https://[FD00::1]:8443", "https://[fd00::1]:8443"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_origins_are_as_browsers_send_them(monkeypatch, text, means):
    assert value(monkeypatch, environment.origins, text) == [means]


@pytest.mark.parametrize(
    "text",
    [
        "chat.example", "ftp://chat.example", "https://", "https://chat.example/chat", "https://chat.example?x",
        "https://chat.example#x", "https://me@chat.example", "https://*.chat.example", "https://.chat.example",
        "https://chat.example:http", "https://chat.example:99999", "https://[::1", "https://chat example", "*",
        "https://chat\texample", "https://chat..example", "https://chat.example\\x",
    ],
)  # fmt: skip
def test_what_is_no_origin_is_said_in_a_sentence(monkeypatch, text):
    with pytest.raises(ImproperlyConfigured, match="CHATSITE_TEST must list .*origin"):
        value(monkeypatch, environment.origins, text)


@pytest.mark.parametrize(
    ("origin", "host"),
    [("https://chat.example:8443", "chat.example"), ("http://[fd00::1]:8000", "[fd00::1]")],
)
def test_an_origin_implies_its_host(origin, host):
    assert environment.host_of(origin) == host


@pytest.mark.parametrize(
    "zone", ["Mars/X", "europe/", "/etc/passwd", "../UTC", "Europe", "a" * 300, "tzdata.zi"]
)
def test_a_time_zone_that_is_none_is_said_in_a_sentence(monkeypatch, zone):
    with pytest.raises(ImproperlyConfigured, match="CHATSITE_TEST must be a time zone"):
        value(monkeypatch, environment.time_zone, zone)


def test_the_time_zone_is_utc_when_none_is_set(monkeypatch):
    assert value(monkeypatch, environment.time_zone, "Europe/Berlin") == "Europe/Berlin"
    assert value(monkeypatch, environment.time_zone, " ") == "UTC"


def test_a_file_of_certificates_is_read_at_the_start(monkeypatch, tmp_path):
    trustme.CA().cert_pem.write_to_path(tmp_path / "ca.pem")
    assert value(monkeypatch, environment.certificates, str(tmp_path / "ca.pem")) == str(tmp_path / "ca.pem")
    assert value(monkeypatch, environment.certificates, "") == ""


@pytest.mark.parametrize(
    "written", [b"", b"no certificate", b"\x30\x82\x01", b"-----BEGIN CERTIFICATE-----\nx\n"]
)
def test_a_file_without_certificates_is_said_in_a_sentence(monkeypatch, tmp_path, written):
    (tmp_path / "ca.pem").write_bytes(written)
    with pytest.raises(ImproperlyConfigured, match="CHATSITE_TEST: .* no certificates in PEM form"):
        value(monkeypatch, environment.certificates, str(tmp_path / "ca.pem"))


@pytest.mark.parametrize("name", ["missing.pem", "."])
def test_a_file_that_cannot_be_read_is_said_in_a_sentence(monkeypatch, tmp_path, name):
    with pytest.raises(ImproperlyConfigured, match="CHATSITE_TEST: .*ca|CHATSITE_TEST: the file"):
        value(monkeypatch, environment.certificates, str(tmp_path / name))


@pytest.mark.parametrize("text", ["http://proxy.example:3128", "http://me:secret@10.0.0.1:8080/", ""])
def test_a_proxy_is_an_http_address(monkeypatch, text):
    assert value(monkeypatch, environment.proxy, text) == text


@pytest.mark.parametrize(
    "text",
    ["proxy.example:3128", "socks5://me:secret@proxy", "http://", "http://p/path", "http://me:secret@p:x"]
    + ["http://me:secret@my proxy:3128", "http://me:secret@proxy..example"],
)
def test_what_is_no_proxy_is_said_in_a_sentence_without_its_password(monkeypatch, text):
    with pytest.raises(ImproperlyConfigured, match="CHATSITE_TEST must be an address") as refused:
        value(monkeypatch, environment.proxy, text)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("password", ["p@ss/w", "p/w@x", "p#w", "p?w", "/"])
def test_a_password_that_would_change_the_host_is_said_in_a_sentence(monkeypatch, password):
    monkeypatch.setenv("CHATSITE_TEST", f"postgres://me:{password}@host/name")
    with pytest.raises(ImproperlyConfigured, match="CHATSITE_TEST: .* percent codes"):
        servers.database("CHATSITE_TEST", default={})


@pytest.mark.parametrize("server", ["host:port", "host:99999", "[::1"])
def test_a_database_server_that_is_none_is_said_in_a_sentence_without_its_password(monkeypatch, server):
    monkeypatch.setenv("CHATSITE_TEST", f"postgres://me:secret@{server}/name")
    with pytest.raises(ImproperlyConfigured, match="its host or port is wrong") as refused:
        servers.database("CHATSITE_TEST", default={})
    assert "secret" not in str(refused.value)


def test_a_password_in_percent_codes_is_taken(monkeypatch):
    monkeypatch.setenv("CHATSITE_TEST", "postgres://me:p%40ss%2Fw@host:5433/name?sslmode=require")
    config = servers.database("CHATSITE_TEST", default={})
    assert (config["PASSWORD"], config["HOST"], config["NAME"]) == ("p@ss/w", "host", "name")


@pytest.mark.parametrize(
    "url",
    ["localhost", "ftp://x/v1", "http://ann:pw@ollama/v1", "http://ollama/v1/chat/completions"]
    + ["http://ollama:-1/v1", "http://ollama..local/v1", "http://.local/v1", f"http://{'a' * 64}.example/v1"],
)
def test_a_base_url_that_cannot_work_is_said_in_a_sentence(monkeypatch, url):
    with pytest.raises(ImproperlyConfigured, match=r"CHATSITE_TEST cannot be used\. The base URL must"):
        value(monkeypatch, environment.base_url, url)


def test_a_base_url_of_a_compose_network_is_taken(monkeypatch):
    assert (
        value(monkeypatch, environment.base_url, " http://my_ollama:11434/v1 ") == "http://my_ollama:11434/v1"
    )


def test_a_key_that_no_header_can_carry_is_said_in_a_sentence(monkeypatch):
    with pytest.raises(ImproperlyConfigured, match="CHATSITE_TEST cannot be used") as caught:
        value(monkeypatch, environment.api_key, "sk-ключ")
    assert "ключ" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["redis://", "redis://h:port", "redis://h:99999", "redis://[::1", "redis://h/name", "unix://", "h:6379"]
    + ["redis://a/0,redis://b/0", "http://h"],
)
def test_what_is_no_redis_is_said_in_a_sentence(monkeypatch, text):
    with pytest.raises(ImproperlyConfigured, match="CHATSITE_TEST must be an address such as redis://"):
        value(monkeypatch, servers.layers, text)


@pytest.mark.parametrize(
    "text", ["redis://h", "redis://:pw@h:6380/2", "rediss://h/0?ssl_cert_reqs=none", "unix:///run/redis"]
)
def test_a_redis_is_taken(monkeypatch, text):
    (host,) = value(monkeypatch, servers.layers, text)["default"]["CONFIG"]["hosts"]
    assert host["address"] == text


@pytest.mark.parametrize("text", ["postgres://", "postgres://me:pw@host", "postgresql://host/"])
def test_a_postgresql_without_a_database_is_said_in_a_sentence(monkeypatch, text):
    monkeypatch.setenv("CHATSITE_TEST", text)
    with pytest.raises(ImproperlyConfigured, match="CHATSITE_TEST must name a database"):
        servers.database("CHATSITE_TEST", default={})


@pytest.mark.parametrize("text", ["\udcff" * 50])
def test_a_secret_that_is_no_text_is_said_and_not_repeated(monkeypatch, text):
    with pytest.raises(ImproperlyConfigured, match="CHATSITE_TEST must be a random text") as caught:
        value(monkeypatch, environment.secret, text)
    assert text not in str(caught.value)


@pytest.mark.parametrize("folder", ["~nobody-of-this-name/x", "loop/x"])
def test_a_home_that_leads_nowhere_is_said_in_a_sentence(monkeypatch, tmp_path, folder):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loop").symlink_to("loop")
    monkeypatch.setenv("CHATSITE_TEST", folder)
    with pytest.raises(ImproperlyConfigured, match="CHATSITE_TEST must name a folder"):
        environment.home("CHATSITE_TEST", default=tmp_path)


@pytest.mark.parametrize(
    ("text", "means"),
    [("", ""), (" gpt-4o-mini ", "gpt-4o-mini"), ("OFF", "off"), ("0", "off"), ("no", "off")],
)
def test_the_model_for_titles_is_a_name_or_off(monkeypatch, text, means):
    assert value(monkeypatch, environment.model, text) == means


@pytest.mark.parametrize("text", ["x" * 201, "a\nb", "\x7f!"])
def test_what_is_no_name_of_a_model_is_said_in_a_sentence(monkeypatch, text):
    with pytest.raises(ImproperlyConfigured, match="CHATSITE_TEST must be the name of a model"):
        value(monkeypatch, environment.model, text)
