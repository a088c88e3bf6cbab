"""What the server and its pages both know is written once, and each side knows the other's names."""

import json
import re
from pathlib import Path

import pytest

from chatsite import protocol
from chatsite.chat.commands import READERS

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = {path.name: path.read_text() for path in (ROOT / "static/js").glob("*.js")}
MODULES = {path: path.read_text() for path in (ROOT / "chatsite").rglob("*.py")}
PYTHON = "".join(MODULES.values())
# The doctor's page speaks a protocol of its own.
PAGE = "".join(text for name, text in SCRIPTS.items() if name != "doctor.js")


@pytest.mark.parametrize("path", ["/", "/conversations/"])
def test_a_page_that_connects_has_the_numbers(client, alice, path):
    client.force_login(alice)
    html = client.get(path).content.decode()
    (text,) = re.findall(r'<script id="protocol" type="application/json">(.*?)</script>', html)
    assert json.loads(text) == protocol.NUMBERS


def test_scripts_use_only_numbers_that_pages_have():
    assert set(re.findall(r"PROTOCOL\.(\w+)", PAGE)) == set(protocol.NUMBERS)


@pytest.mark.parametrize("number", ["1011", "1012", "4401", "4403", "4404", "4429", "16_384"])
def test_a_number_of_the_protocol_is_written_once(number):
    code = re.compile(rf"^[^#/\n\"]*(?<![\w.]){number}(?![\w.])", re.MULTILINE)
    files = [*SCRIPTS.items(), *((path.name, text) for path, text in MODULES.items())]
    assert {name for name, text in files if code.search(text)} <= {"protocol.py"}


def test_what_a_page_sends_is_a_command_of_the_server():
    sent = set(re.findall(r'type: "(\w+\.\w+)"', PAGE))
    assert sent and sent <= set(READERS)


def test_what_a_page_receives_is_an_event_of_the_server():
    events = (ROOT / "chatsite/chat/events.py").read_text()
    received = set(re.findall(r'^ +"(\w+\.\w+)": ', PAGE, re.MULTILINE))
    assert received and received <= set(re.findall(r'"(\w+\.\w+)"', events))


def test_a_code_of_an_error_that_a_page_knows_is_one_that_the_server_sends():
    codes = {"too_many_pages", "signed_out", *re.findall(r'code (?:===|!==) "([a-z_]+)"', PAGE)}
    assert all(f'"{code}"' in PYTHON for code in codes)
