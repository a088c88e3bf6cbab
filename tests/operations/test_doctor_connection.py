"""What the doctor says of the connection between an admin's browser and the site."""

import time
from ipaddress import ip_network
from typing import Any

import pytest
from django.test import RequestFactory

from chatsite.operations.doctor.connection import BUFFER_LINES, SOCKET_LINES, Measurements, report
from chatsite.operations.doctor.visits import CLIENT_LINES, HOST_LINES, SCHEME_LINES, Visit, client
from tests.harness.site import ROOT

HERE = "http://127.0.0.1:8000"
SPACED = {"type": "answer.finished", "deltas": 20, "sentApart": 19, "cameApart": 18, "milliseconds": 1904}
LUMPED = SPACED | {"cameApart": 1, "milliseconds": 3}
WELL = {
    "socket": {"opened": 12},
    "socket-answer": SPACED,
    "socket-stop": {"type": "answer.stopped", "stopped": 95},
    "events-answer": SPACED,
    "events-stop": {"type": "answer.stopped", "stopped": 101},
}
SERVER = {
    "nginx": "templates/admin/proxies/nginx.conf",
    "Caddy": "templates/admin/proxies/Caddyfile",
    "Traefik": "templates/admin/proxies/traefik.yaml",
}


def visit(origin=HERE, host=None, peer="127.0.0.1", late=0.0, **headers: str) -> Visit:
    """A request whose browser is at `origin`, as this process sees it."""
    given = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    request = RequestFactory().get(
        "/", REMOTE_ADDR=peer, HTTP_HOST=host or origin.partition("://")[2], **given
    )
    return Visit.of(request, origin, (time.time() - late) * 1000)


def said(measured: dict[str, Any], **visited: Any) -> dict[str, tuple[str, str]]:
    """The level and the words of each finding, by the name of its check."""
    return {
        check.name: (
            finding.level.name.lower(),
            " ".join([finding.sentence, finding.do, *(line.text for line in finding.lines)]),
        )
        for check, finding in report(Measurements(visit(**visited), measured)).found
    }


@pytest.fixture
def behind_tls(settings):
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost", "chat.example"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://chat.example"]
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.2")]
    return {
        "origin": "https://chat.example", "peer": "10.0.0.2",
        "x_forwarded_for": "9.9.9.9", "x_forwarded_proto": "https",
    }  # fmt: skip


def test_a_direct_connection_is_well():
    found = said(WELL)
    assert [name for name, (level, _) in found.items() if level != "ok"] == [] and len(found) == 8
    assert found["socket"][1] == "A WebSocket opened in 12 ms. "
    assert "arrived one by one over the socket, within 1.9 s." in found["socket-answer"][1]
    assert "127.0.0.1" in found["client"][1]


def test_a_proxy_that_is_set_up_well_is_well(behind_tls):
    found = said(WELL, **behind_tls)
    assert [text for level, text in found.values() if level != "ok"] == []
    assert "9.9.9.9" in found["client"][1] and "https://chat.example" in found["address"][1]


def test_what_is_not_measured_yet_is_not_said():
    assert set(said({})) == {"address", "client", "browser-clock"}
    assert "socket-answer" not in said({"socket": {"opened": None}})


def test_an_answer_in_lumps_is_the_proxys_doing_and_the_lines_are_there():
    level, text = said(WELL | {"events-answer": LUMPED})["events-answer"]
    assert level == "problem" and "your proxy buffers" in text
    for line in ("proxy_buffering off;", "flush_interval -1", "flushInterval: 1ms"):
        assert line in text
    level, text = said(WELL | {"socket-answer": LUMPED})["socket-answer"]
    assert level == "problem" and "your proxy buffers" in text and "VPN" in text


def test_a_browser_that_is_busy_for_a_moment_is_no_proxy_that_buffers():
    assert said(WELL | {"events-answer": SPACED | {"cameApart": 11}})["events-answer"][0] == "ok"


def test_an_answer_that_does_not_come_is_said():
    level, text = said(WELL | {"events-answer": {"type": "answer.lost", "deltas": 3}})["events-answer"]
    assert level == "problem" and "Of 20 parts of an answer, 3 arrived as server-sent events." in text


def test_a_socket_that_does_not_open_is_a_problem_until_the_fallback_is_known_to_work():
    closed = {"socket": {"opened": None}}
    level, text = said(closed)["socket"]
    assert level == "problem" and "proxy_set_header Upgrade $http_upgrade;" in text
    level, text = said(closed | {"events-answer": SPACED})["socket"]
    assert level == "note" and "Chats use server-sent events instead, which work." in text
    assert said(closed | {"events-answer": LUMPED})["socket"][0] == "problem"


def test_a_socket_that_opens_late_is_to_be_looked_at():
    assert said({"socket": {"opened": 6000}})["socket"] == (
        "note",
        "A WebSocket opened in 6,000 ms. That is slow. Find out what delays it: the network, a proxy, or a busy "
        "server.",
    )


def test_a_stop_that_does_not_arrive_is_said():
    level, text = said(WELL | {"socket-stop": {"type": "answer.finished", "stopped": None}})["socket-stop"]
    assert level == "problem" and "Stop did not arrive over the socket" in text
    level, text = said(WELL | {"events-stop": {"status": 405}})["events-stop"]
    assert level == "problem" and "refused with the status 405" in text and "POST" in text
    assert "did not arrive" in said(WELL | {"events-stop": {"status": 0}})["events-stop"][1]
    level, text = said(WELL | {"socket-stop": {"type": "answer.lost", "stopped": None}})["socket-stop"]
    assert level == "problem" and "the end of the answer did not arrive" in text
    assert said(WELL | {"events-stop": {"stopped": 1900}})["events-stop"][0] == "note"


def test_another_tab_that_does_the_same_is_no_fault_of_the_way():
    busy = {"type": "answer.refused", "deltas": 0}
    found = said(WELL | {"events-answer": busy, "events-stop": busy | {"stopped": None}})
    assert found["events-answer"] == found["events-stop"]
    assert found["events-stop"][0] == "note" and "Another tab" in found["events-stop"][1]
    waited = {"type": "answer.stopped", "deltas": 0, "stopped": 1900}
    assert said(WELL | {"events-stop": waited})["events-stop"] == found["events-stop"]


def test_an_address_that_the_site_does_not_know_is_said_with_the_setting():
    found = said({"socket": {"opened": None}}, origin="https://localhost:8443", host="localhost:8443")
    level, text = found["address"]
    assert level == "problem" and "Set CHATSITE_ORIGINS=https://localhost:8443 where" in text
    assert "refuses them from this address" in found["socket"][1]


def test_a_proxy_that_asks_for_another_name_is_said_with_the_line(behind_tls):
    level, text = said(WELL, **behind_tls | {"host": "127.0.0.1:8000"})["address"]
    assert level == "note" and "proxy_set_header Host $http_host;" in text
    level, text = said(WELL, **behind_tls | {"origin": "https://other.example", "host": "127.0.0.1:8000"})[
        "address"
    ]
    assert level == "problem" and "proxy_set_header Host $http_host;" in text
    assert "CHATSITE_ORIGINS=https://chat.example,https://other.example " in text


def test_a_proxy_that_does_not_say_https_is_said_with_the_line(behind_tls):
    level, text = said(WELL, **behind_tls | {"x_forwarded_proto": "http"})["address"]
    assert level == "note" and "proxy_set_header X-Forwarded-Proto $scheme;" in text
    assert said(WELL, **behind_tls)["address"][0] == "ok"


def test_a_proxy_that_is_not_trusted_is_said_with_the_setting(behind_tls):
    level, text = said(WELL, **behind_tls | {"peer": "10.0.0.3"})["client"]
    assert level == "note" and "come from 10.0.0.3" in text
    assert "set CHATSITE_TRUSTED_PROXIES=10.0.0.2,10.0.0.3 where" in text


@pytest.mark.parametrize("origin", ["https://chat.example", "http://chat.example"])
def test_a_proxy_that_does_not_say_who_asks_is_said_with_the_line(settings, origin):
    settings.ALLOWED_HOSTS = ["chat.example"]
    level, text = said(WELL, origin=origin, peer="127.0.0.1")["client"]
    assert level == "note" and "The proxy at 127.0.0.1 does not send the client’s address" in text
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
    assert "CHATSITE_TRUSTED_PROXIES=127.0.0.1 " in text


def test_a_private_address_at_a_public_name_may_be_that_of_another_proxy(behind_tls):
    level, text = said(WELL, **behind_tls | {"x_forwarded_for": "172.18.0.1:4000"})["client"]
    assert level == "note" and "You seem to come from 172.18.0.1," in text
    assert "CHATSITE_TRUSTED_PROXIES=10.0.0.2,172.18.0.1 " in text


def test_a_private_address_is_well_where_the_name_leads_into_a_private_network(behind_tls):
    inside = visit(**behind_tls | {"x_forwarded_for": "10.20.30.40"})
    found = client(inside, leads_inside=lambda name: name == "chat.example", gateways=list)
    assert found.is_ok and "10.20.30.40" in found.sentence
    assert not client(inside, leads_inside=lambda name: False, gateways=list).is_ok


def test_the_way_out_of_a_container_is_nobodys_computer_wherever_the_name_leads(behind_tls):
    found = client(
        visit(**behind_tls | {"x_forwarded_for": "172.18.0.1"}),
        leads_inside=lambda name: True,
        gateways=lambda: ["172.18.0.1"],
    )
    assert not found.is_ok and "network_mode: host" in found.do
    assert "CHATSITE_TRUSTED_PROXIES=10.0.0.2,172.18.0.1 " in found.do


def test_a_browser_on_the_machine_of_the_proxy_is_well(behind_tls, settings):
    settings.CSRF_TRUSTED_ORIGINS, settings.TRUSTED_PROXIES = ["https://localhost"], [ip_network("127.0.0.1")]
    here = {"origin": "https://localhost", "peer": "127.0.0.1", "x_forwarded_for": "127.0.0.1"}
    assert said(WELL, **behind_tls | here)["client"][0] == "ok"


@pytest.mark.parametrize(
    ("origin", "peer"), [("http://nas.lan", "192.168.1.7"), ("http://[::1]:8000", "::1")]
)
def test_a_private_network_without_a_proxy_is_well(settings, origin, peer):
    settings.ALLOWED_HOSTS = ["*"]
    assert said(WELL, origin=origin, peer=peer)["client"][0] == "ok"


@pytest.mark.parametrize(("late", "level"), [(0, "ok"), (20, "ok"), (45, "problem"), (-45, "problem")])
def test_clocks_that_differ_by_more_than_half_a_minute_are_a_problem(late, level):
    found, text = said({}, late=late)["browser-clock"]
    assert found == level
    assert level == "ok" or f"45 s {'behind' if late > 0 else 'ahead of'} the server’s" in text


@pytest.mark.parametrize(
    "nonsense", [None, [], "x", 7, {}, {"opened": -1}, {"opened": "12"}, {"deltas": [1]}]
)
def test_for_any_measurement_there_is_a_sentence_or_nothing(nonsense):
    for name in WELL:
        for level, text in said(WELL | {name: nonsense}).values():
            assert level in {"ok", "note", "problem"} and "." in text


@pytest.mark.parametrize("line", BUFFER_LINES + SOCKET_LINES + HOST_LINES + SCHEME_LINES + CLIENT_LINES)
def test_each_line_is_in_the_lines_that_the_page_shows(line):
    assert f"{line.text}\n" in (ROOT / SERVER[line.proxy]).read_text()
