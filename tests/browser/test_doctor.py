"""The doctor's page checks the connection from the browser: directly, through nginx, and without sockets."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import DJANGOS, DJANGOS_STYLES, check
from tests.faults.topology import skip_where_missing
from tests.harness.engines import Nginx

PAGE = "/admin/doctor/"
# Milliseconds: two answers of 2 s, two that are stopped, and one that does not come.
MEASURED = 45_000


class BufferingNginx(Nginx):
    """Holds back event streams, whatever their headers say. By HTTP/1.0, its default, it waits for a full buffer."""

    def configuration(self) -> str:
        text = super().configuration()
        assert text.count("proxy_buffering off;") == 2
        buffers = "proxy_buffering on; proxy_http_version 1.0; proxy_ignore_headers X-Accel-Buffering;"
        return text.replace("proxy_buffering off;", buffers)


def measured(page):
    """The findings about the connection, once all are there."""
    expect(page.locator("[data-state]")).to_be_hidden(timeout=MEASURED)
    return page.locator("[data-way] li")


def finding(page, words):
    return measured(page).filter(has_text=words)


def look(page, state):
    """What keeps people out, narrow and wide, in both themes."""
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, state
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            check(page, f"{state}, {width}, {theme}", DJANGOS)


@pytest.fixture
def only_axes_complaints(complaints):
    yield
    assert [each for each in complaints if DJANGOS_STYLES not in each] == []
    complaints.clear()


def test_on_a_direct_connection_all_is_well_and_can_be_copied(open_page):
    page = open_page(PAGE, permissions=["clipboard-read", "clipboard-write"])
    expect(page.get_by_text("Your browser checks its connection to the site")).to_be_visible()
    expect(measured(page)).to_have_count(8)
    expect(page.locator("[data-way] li.ok")).to_have_count(8)
    expect(finding(page, "A WebSocket opened in")).to_be_visible()
    page.get_by_role("button", name="Copy for a bug report").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "ok: disk:" in copied and "ok: events-stop: Stop arrived by a request" in copied


def test_nginx_that_buffers_is_found_out_and_the_line_is_there(site, device, only_axes_complaints):
    skip_where_missing()
    with BufferingNginx(site.port) as nginx:
        page = device().new_page()
        page.goto(f"{nginx.url}{PAGE}")
        lumps = finding(page, "your proxy buffers")
        expect(lumps).to_have_class("problem")
        expect(lumps).to_contain_text("sent one by one as server-sent events, arrived together within")
        expect(lumps.get_by_text("proxy_buffering off;", exact=True)).to_be_visible()
        expect(finding(page, "20 parts of an answer arrived one by one over the socket")).to_have_class("ok")
        expect(finding(page, "Stop arrived by a request")).to_have_count(1)
        expect(finding(page, "set CHATSITE_TRUSTED_PROXIES=127.0.0.1 where")).to_have_class("note")
        expect(page.locator(".verdict")).to_contain_text("must be put right")
        look(page, "a proxy that buffers")


def test_nginx_as_we_write_it_does_not_buffer(site, device):
    skip_where_missing()
    with Nginx(site.port) as nginx:
        page = device().new_page()
        page.goto(f"{nginx.url}{PAGE}")
        expect(finding(page, "20 parts of an answer arrived one by one as server-sent events")).to_have_class(
            "ok"
        )


def test_where_sockets_are_blocked_it_is_said_and_the_fallback_is_tried(open_page, only_axes_complaints):
    page = open_page("/admin/")
    page.route_web_socket("**/ws/doctor/", lambda socket: socket.close())
    page.goto(PAGE)
    blocked = finding(page, "No WebSocket opens.")
    expect(blocked).to_have_class("note")
    expect(blocked).to_contain_text("Chats use server-sent events instead, which work.")
    expect(finding(page, "arrived one by one as server-sent events")).to_have_class("ok")
    expect(finding(page, "Stop arrived by a request")).to_have_class("ok")
    expect(finding(page, "over the socket")).to_have_count(0)
    look(page, "a blocked socket")


def test_a_stop_that_is_refused_is_said(open_page, complaints):
    page = open_page("/admin/")
    page.route("**/admin/doctor/stop/", lambda route: route.fulfill(status=405))
    page.goto(PAGE)
    expect(finding(page, "was refused with the status 405")).to_have_class("problem")
    assert all("405" in each for each in complaints)
    complaints.clear()


def test_a_clock_that_is_wrong_is_said(open_page):
    page = open_page("/admin/")
    page.clock.install(time="2020-01-01T00:00:00Z")
    page.goto(PAGE)
    expect(page.locator("[data-way] li.problem")).to_contain_text("Your browser’s clock is")


def test_without_javascript_a_sentence_says_what_is_missing(open_page):
    page = open_page(PAGE, java_script_enabled=False)
    expect(page.get_by_text("Your browser makes these checks itself, and needs JavaScript")).to_be_visible()
    expect(page.get_by_text("Your browser checks its connection")).to_be_hidden()
    expect(page.get_by_role("button", name="Copy for a bug report")).to_be_hidden()
