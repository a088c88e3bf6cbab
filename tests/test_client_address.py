"""Where a request comes from, with proxies in front and without."""

from ipaddress import ip_network

import pytest
from django.test import RequestFactory

from chatsite.client_address import client_address


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("10.0.0.2", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "forged, 192.0.2.9, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "forged, 198.51.100.1, 10.0.0.3", "198.51.100.1"),
        ("::ffff:10.0.0.2", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "", "10.0.0.2"),
        ("10.0.0.2", " , ", "10.0.0.2"),
        ("10.0.0.2", "nonsense", "10.0.0.2"),
        ("10.0.0.2", "192.0.2.9, unknown, 10.0.0.3", "10.0.0.3"),
        ("10.0.0.2", "198.51.100.1:40001", "198.51.100.1"),
        ("10.0.0.2", "[2001:db8:1:2:3::4]:40001", "2001:db8:1:2::/64"),
        ("10.0.0.2", "[2001:db8:1:2:3::4]", "2001:db8:1:2::/64"),
        ("10.0.0.2", "198.51.100.1, 10.0.0.3:80", "198.51.100.1"),
        ("2001:db8:1:2:3::4", "", "2001:db8:1:2::/64"),
        ("", "198.51.100.1", ""),
    ],
)
def test_only_a_trusted_proxy_says_whom_it_stands_for(settings, peer, forwarded, client):
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == client


def test_without_proxies_nobody_is_believed_and_the_log_names_the_setting_once(caplog):
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.99", HTTP_X_FORWARDED_FOR="198.51.100.1")
    assert {client_address(request) for _ in range(3)} == {"203.0.113.99"}
    (line,) = [record.getMessage() for record in caplog.records]
    assert "203.0.113.99" in line and "CHATSITE_TRUSTED_PROXIES" in line
