"""Links to the site's own pages, behind a proxy that ends TLS."""

import os
import subprocess
import sys

import pytest

ASK = """
import django
from django.test import RequestFactory
django.setup()
request = RequestFactory().get("/", HTTP_HOST="chat.example", HTTP_X_FORWARDED_PROTO="https")
print(request.build_absolute_uri("/x/"))
"""


def link(tmp_path, origins: str) -> str:
    env = os.environ | {
        "CHATSITE_HOME": str(tmp_path), "CHATSITE_ORIGINS": origins, "DJANGO_SETTINGS_MODULE": "chatsite.settings",
    }  # fmt: skip
    return subprocess.check_output([sys.executable, "-c", ASK], env=env, text=True).strip()


def test_where_people_come_by_https_links_begin_with_it(tmp_path):
    assert link(tmp_path, "https://chat.example") == "https://chat.example/x/"


@pytest.mark.parametrize("origins", ["http://chat.example", "https://chat.example,http://chat.example"])
def test_where_people_come_without_it_the_word_of_a_proxy_does_not_count(tmp_path, origins):
    assert link(tmp_path, origins) == "http://chat.example/x/"
