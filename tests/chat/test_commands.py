"""Texts that become commands, and those that become none."""

import json
from uuid import uuid4

import pytest

from chatsite.chat.commands import (
    Acknowledge,
    Check,
    ContinueReply,
    CreateMessage,
    CreateReply,
    Resume,
    StopReply,
    parse,
    read_form,
)
from chatsite.chat.cursors import Cursor
from chatsite.conversations.errors import Refusal
from chatsite.conversations.options import Options

ID = uuid4()


def parsed(**fields):
    return parse(json.dumps(fields, default=str))


def test_a_message_without_a_parent_follows_the_end_of_what_is_shown():
    assert parsed(type="message.create", id=ID, text="Hi") == CreateMessage(ID, "Hi", "head", ref=str(ID))


def test_a_message_says_what_it_follows_and_what_it_is_answered_with():
    command = parsed(type="message.create", id=ID, text="Hi", parent=None, model="m", params={"seed": 1})
    assert command == CreateMessage(ID, "Hi", None, Options("m", None, {"seed": 1}), ref=str(ID))


@pytest.mark.parametrize(
    ("fields", "command"),
    [
        ({"type": "reply.create", "parent": ID}, CreateReply(ID, Options(), ref=str(ID))),
        ({"type": "reply.continue", "message": ID}, ContinueReply(ID, ref=str(ID))),
        ({"type": "reply.stop", "message": ID}, StopReply(ID, ref=str(ID))),
        (
            {"type": "events.resume", "message": ID, "offset": 3, "completion": 9},
            Resume(ID, Cursor(3, 0, 9), ref=str(ID)),
        ),
        ({"type": "events.ack", "message": ID, "offset": 3}, Acknowledge(ID, 3, 0)),
        ({"type": "conversation.check"}, Check()),
    ],
)
def test_each_type_becomes_its_command(fields, command):
    assert parsed(**fields) == command


@pytest.mark.parametrize(
    "params",
    [
        {"temperature": 101},
        {"seed": 1.5},
        {"stop": [""]},
        {"stop": "\0"},
        {"stop": ["END", "\ud800"]},
        {"reasoning_effort": []},
        {"max_tokens": True},
        {"n": 1},
    ],
)
def test_a_parameter_out_of_bounds_is_refused_by_its_name(params):
    (name,) = params
    with pytest.raises(Refusal, match=name) as refused:
        parsed(type="reply.create", parent=ID, params=params)
    assert (refused.value.code, refused.value.ref) == ("bad_params", str(ID))


def test_a_refusal_names_the_field_and_the_command():
    with pytest.raises(Refusal, match="“text”") as refused:
        parsed(type="message.create", id=ID, text=5)
    assert (refused.value.code, refused.value.ref) == ("bad_frame", str(ID))


def test_a_form_becomes_a_message_with_the_lines_that_were_typed():
    command = read_form({"text": "One\r\nTwo\0", "model": "m"})
    assert (command.text, command.parent, command.options) == ("One\nTwo", "head", Options("m"))
