"""Files that somebody made to do harm: each ends in a reason, and what is whole in it is read."""

import io
import json
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatsite.history.exchange import archives
from chatsite.history.exchange.file_reader import FileReader
from chatsite.history.exchange.json_stream import CHUNK
from tests.history.exchange.test_samples import SAMPLES
from tests.history.exchange.test_writer import chat

SOURCES = [path for path in sorted(SAMPLES.glob("*.json")) if "deep" not in path.name]
WHOLE = [json.loads(path.read_bytes()) for path in SAMPLES.glob("*_nasty.json")]

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters() | st.sampled_from("\0\ud83d\ue200\ue201"), max_size=20)
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)


def read(content: bytes) -> FileReader:
    """The file, read to its end."""
    reader = FileReader(io.BytesIO(content))
    for item in reader:
        assert (item.conversation is None) == bool(item.reason)
        if item.conversation:
            check(item.conversation)
    return reader


def check(conversation) -> None:
    """What the database relies on."""
    seen = set()
    for message in conversation.messages:
        assert message.parent is None or message.parent in seen
        assert message.id not in seen
        seen.add(message.id)
        (message.text + message.reasoning).encode()
        assert "\0" not in message.text + message.reasoning
    assert conversation.head in seen
    assert len(conversation.title) <= 200 and "\n" not in conversation.title
    conversation.title.encode()


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def replaced(value, place: int, new):
    """The value with its part number `place`, counted in depth, replaced by another one; and the parts passed."""
    if place == 0:
        return new, -1
    place -= 1
    if isinstance(value, (dict, list)):
        changed = dict(value) if isinstance(value, dict) else list(value)
        for key in list(changed) if isinstance(changed, dict) else range(len(changed)):
            changed[key], place = replaced(changed[key], place, new)
            if place < 0:
                break
        return changed, place
    return value, place


@given(st.sampled_from(WHOLE), st.integers(0, 400), VALUES)
@settings(max_examples=150, deadline=None)
def test_any_value_may_be_another_one(whole, place, new):
    read(json.dumps(replaced(whole, place, new)[0]).encode())


@given(st.sampled_from(SOURCES), st.integers(0, 30_000), st.binary(max_size=6))
@settings(max_examples=100, deadline=None)
def test_any_bytes_may_be_others(path, place, bytes):
    content = path.read_bytes()
    read(content[:place] + bytes + content[place + len(bytes) :])


@given(
    st.sampled_from(sorted(SAMPLES.glob("*.zip"))), st.integers(0, 5_000), st.binary(min_size=1, max_size=6)
)
@settings(max_examples=100, deadline=None)
def test_any_bytes_of_a_zip_may_be_others(path, place, bytes):
    content = path.read_bytes()
    read(content[:place] + bytes + content[place + len(bytes) :])


@given(st.binary(max_size=200))
def test_any_file_is_read(content):
    read(content)


@given(VALUES)
@settings(deadline=None)
def test_any_json_is_read(value):
    read(json.dumps(value).encode())


@given(st.integers(1, 11_000))
@settings(max_examples=60, deadline=None)
def test_a_file_may_break_off_anywhere(size):
    reader = read((SAMPLES / "chatgpt_ordinary.json").read_bytes()[:size])
    assert reader.error == "truncated"


@pytest.mark.parametrize(
    "end", ["1.", "1.5", "1e", "1.5E-", "-", "tru", '"\\', '"\\u00', '"a', "", "{", "[1"]
)
def test_a_file_that_breaks_off_within_a_value_is_truncated(end):
    content = json.dumps([chat("a", "One")])[:-2] + f', "more": {end}'
    assert read(content.encode()).error == "truncated"


def test_a_file_in_small_pieces_reads_the_same():
    content = (SAMPLES / "chatgpt_nasty.json").read_bytes()
    whole = [item.conversation for item in FileReader(io.BytesIO(content))]
    assert [item.conversation for item in FileReader(io.BytesIO(content), chunk=1)] == whole


def test_json_that_nests_too_deep_is_no_crash():
    assert read(b"[" * 1_000_000).error in ("truncated", "not_json")
    assert read(b"[" * 50_000 + b"]" * 50_000).error == "not_an_export"


def test_one_that_is_too_large_does_not_keep_the_others_away():
    large = chat("large", 'Brackets ]}"\\ in a text. ' * 60_000)
    content = json.dumps([chat("a", "One"), large, chat("b", "Two")]).encode()
    items = list(FileReader(io.BytesIO(content), max_element=CHUNK))
    assert [item.reason for item in items] == ["", "too_large", ""]


def test_a_short_text_that_fills_memory_is_too_large():
    content = json.dumps([chat("a", "One")])[:-1] + "," + "[" + "{}," * 3_000_000 + "{}]]"
    assert [item.reason for item in FileReader(io.BytesIO(content.encode()))] == ["", "too_large"]


def test_an_encrypted_zip_is_named():
    content = bytearray(zipped(**{"conversations.json": b"[]"}))
    content[6] |= 1
    content[content.rfind(b"PK\x01\x02") + 8] |= 1
    assert read(bytes(content)).error == "encrypted"


def test_paths_in_a_zip_reach_nothing():
    content = json.dumps([chat("a", "One")]).encode()
    reader = read(zipped(**{"../../conversations.json": content, "/etc/conversations-1.json": content}))
    assert reader.count == 2 and reader.error is None


def test_a_damaged_member_does_not_keep_the_others_away():
    whole = json.dumps([chat("a", "One")]).encode()
    content = bytearray(zipped(**{"conversations-0.json": whole * 1, "conversations-1.json": whole}))
    content[60] ^= 0xFF
    reader = FileReader(io.BytesIO(bytes(content)))
    assert [item.reason for item in reader] == [""]
    assert reader.error is not None


def test_a_zip_with_millions_of_names_is_not_listed():
    content = bytearray(zipped(**{"conversations.json": b"[]"}))
    struct.pack_into("<L", content, content.rfind(b"PK\x05\x06") + 12, archives.MAX_DIRECTORY + 1)
    assert read(bytes(content)).error == "too_large"


def test_numbers_of_any_size_are_read():
    one = chat("a", "One", "Two")
    content = json.dumps([one]).replace("1750000000", "9" * 5000).replace("1750000001", "1e999")
    reader = FileReader(io.BytesIO(content.encode()))
    (item,) = reader
    assert item.tally.notes["bad_time"] == 2
