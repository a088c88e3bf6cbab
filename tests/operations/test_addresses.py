"""Addresses to listen on: what is none is said in a sentence."""

import pytest

from chatsite.operations.addresses import BadAddress, listen, parse


@pytest.mark.parametrize(
    ("address", "means"),
    [
        ("127.0.0.1:8000", ("127.0.0.1", 8000)),
        ("[::1]:8000", ("::1", 8000)),
        (":8000", ("127.0.0.1", 8000)),
        ("0", ("127.0.0.1", 0)),
    ],
)
def test_an_address_is_a_host_and_a_port(address, means):
    assert parse(address) == means


@pytest.mark.parametrize("port", ["", "x", "-1", "65536", "9" * 5000, "٨٠٨٠", "²", "8 0"])
def test_a_port_that_is_none_is_said_in_a_sentence(port):
    with pytest.raises(BadAddress, match="is not an address to listen on"):
        parse(f"127.0.0.1:{port}")


@pytest.mark.parametrize("host", ["a..b", "a" * 64, "\udcff", "\N{SNOWMAN}..x"])
def test_a_host_that_no_name_can_be_is_said_in_a_sentence(host):
    with pytest.raises(BadAddress, match="is unknown"):
        listen(host, 0)
