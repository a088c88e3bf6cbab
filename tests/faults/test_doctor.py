"""The doctor's small answers on several workers: a Stop reaches the one that sends the answer by any worker."""

import re
from uuid import uuid4

import httpx

from tests.faults.topology import skip_where_missing
from tests.harness.engines import Postgres
from tests.harness.people import sign_in

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def browser(site, cookie: str) -> httpx.Client:
    name, _, value = cookie.partition("=")
    return httpx.Client(base_url=site.url, cookies={name: value}, timeout=30)


def test_a_stop_reaches_an_answer_of_another_worker(new_site):
    skip_where_missing()
    with Postgres() as postgres:
        env = {"DATABASE_URL": postgres.url, "CHATSITE_SECRET_KEY": "one key for both workers " * 3}
        first, second = new_site(**env).start(), new_site(**env).start()
        cookie, answer = sign_in(first), str(uuid4())
        with browser(first, cookie) as one, browser(second, cookie) as other:
            token = TOKEN.search(other.get("/admin/doctor/").text)[1]
            with one.stream("GET", "/admin/doctor/events/", params={"answer": answer}) as stream:
                events = (line for line in stream.iter_lines() if line)
                assert "answer.delta" in next(events)
                form = {"answer": answer, "csrfmiddlewaretoken": token}
                assert other.post("/admin/doctor/stop/", data=form).status_code == 204
                assert "answer.stopped" in list(events)[-1]
        for site in (first, second):
            site.end()
