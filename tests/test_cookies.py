"""Cookie names: other sites on the same host keep theirs, and with TLS no other host can set ours."""

import json
import os
import subprocess
import sys

import pytest

ASK = """
import json
from django.conf import settings
print(json.dumps([settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.SESSION_COOKIE_SECURE]))
"""


def cookies(tmp_path, origins: str):
    env = os.environ | {
        "CHATSITE_HOME": str(tmp_path), "CHATSITE_ORIGINS": origins, "DJANGO_SETTINGS_MODULE": "chatsite.settings",
    }  # fmt: skip
    return json.loads(subprocess.check_output([sys.executable, "-c", ASK], env=env, text=True))


@pytest.mark.parametrize("origins", ["", "http://chat.example", "https://chat.example,http://lan.example"])
def test_over_http_cookies_carry_the_sites_name(tmp_path, origins):
    assert cookies(tmp_path, origins) == ["chatsite-session", "chatsite-csrf", False]


def test_over_tls_cookies_belong_to_this_host_alone(tmp_path):
    assert cookies(tmp_path, "https://chat.example") == [
        "__Host-chatsite-session",
        "__Host-chatsite-csrf",
        True,
    ]
