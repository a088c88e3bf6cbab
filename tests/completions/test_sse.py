"""Server-sent events come out the same however the network cuts them."""

import json
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatsite.completions.errors import ProtocolError
from chatsite.completions.sse import DONE, LARGEST_EVENT, Event, SSEDecoder


def decoded(*parts: bytes) -> list[Event]:
    decoder = SSEDecoder()
    return [event for part in parts for event in decoder.feed(part)] + decoder.close()


def values(*parts: bytes) -> list[object]:
    return [event.value for event in decoded(*parts)]


FRAMINGS = {
    "lines end with LF": b'data: {"a": 1}\n\ndata: [DONE]\n\n',
    "lines end with CRLF": b'data: {"a": 1}\r\n\r\ndata: [DONE]\r\n\r\n',
    "lines end with CR": b'data: {"a": 1}\r\rdata: [DONE]\r\r',
    "line ends are mixed": b'data: {"a": 1}\r\n\ndata: [DONE]\r\n\r',
    "no space after the colon": b'data:{"a": 1}\n\ndata:[DONE]\n\n',
    "the JSON stands on the next line": b'data:\n {"a": 1}\n\ndata: [DONE]\n\n',
    "the JSON is spread over several data lines": b'data: {"a":\ndata: 1}\n\ndata: [DONE]\n\n',
    "single newlines part the events": b'data: {"a": 1}\ndata: [DONE]\n',
    "a BOM begins it": b'\xef\xbb\xbfdata: {"a": 1}\n\ndata: [DONE]\n\n',
    "comments keep it alive": b': OPENROUTER PROCESSING\n\n:\n\ndata: {"a": 1}\n\n: bye\n\ndata: [DONE]\n\n',
    "comments come as data": b'data: : keepalive\n\ndata: {"a": 1}\n\ndata: : x\n\ndata: [DONE]\n\n',
    "events without data": b'retry: 3000\n\nevent: ping\n\nid: 7\n\n: p\n\ndata: {"a": 1}\n\ndata: [DONE]\n\n',
    "data without anything": b'data:\n\ndata\n\ndata: {"a": 1}\n\ndata: \n\ndata: [DONE]\n\n',
    "an event name comes first": b'event: message\ndata: {"a": 1}\n\ndata: [DONE]\n\n',
    "an id and a name come after": b'data: {"a": 1}\nid: 1\n\ndata: [DONE]\n\n',
    "the last event has no blank line": b'data: {"a": 1}\n\ndata: [DONE]\n',
    "the last event has no line end": b'data: {"a": 1}\n\ndata: [DONE]',
    "bare lines of JSON": b'{"a": 1}\ndata: [DONE]\n\n',
    "JSON printed over many lines": b'\n\n{\n  "a": 1\n}\n\ndata: [DONE]\n\n',
    "white space follows the JSON": b'data: {"a": 1}  \n\ndata: [DONE] \n\n',
    "null comes as data": b'data: null\n\ndata: {"a": 1}\n\ndata: [DONE]\n\n',
}


@pytest.mark.parametrize("body", FRAMINGS.values(), ids=FRAMINGS.keys())
def test_an_answer_is_read_at_every_cut_when(body: bytes) -> None:
    expected = [{"a": 1}, DONE]
    assert values(body) == expected
    for cut in range(len(body) + 1):
        assert values(body[:cut], body[cut:]) == expected, cut
    assert values(*(body[n : n + 1] for n in range(len(body)))) == expected


@given(st.text(), st.text(), st.lists(st.integers(1, 12), max_size=60), st.sampled_from(["\n", "\r", "\r\n"]))
def test_any_text_survives_any_cuts(first: str, second: str, sizes: list[int], end: str) -> None:
    body = "".join(
        f"data: {json.dumps({'t': text}, ensure_ascii=escaped)}{end}{end}"
        for text in (first, second)
        for escaped in (True, False)
    ).encode("utf-8", "replace")
    parts, at = [], 0
    for size in sizes:
        parts.append(body[at : at + size])
        at += size
    assert values(*parts, body[at:]) == values(body)
    assert [value["t"] for value in values(body)[::2]] == [first, second]


@given(st.binary(max_size=200), st.lists(st.integers(1, 9), max_size=40))
def test_nonsense_never_raises_and_reads_the_same_at_any_cuts(body: bytes, sizes: list[int]) -> None:
    parts, at = [], 0
    for size in sizes:
        parts.append(body[at : at + size])
        at += size
    assert list(map(repr, values(*parts, body[at:]))) == list(map(repr, values(body)))


@given(
    st.lists(
        st.sampled_from(
            [
                b"data:",
                b" ",
                b"{",
                b"}",
                b'"a":1',
                b"\n",
                b"\r",
                b"[DONE]",
                b":",
                b"event: error",
                b"\xef\xbb\xbf",
            ]
        ),
        max_size=30,
    )
)
def test_broken_framing_reads_the_same_byte_by_byte(parts: list[bytes]) -> None:
    body = b"".join(parts)
    assert list(map(repr, values(*(body[n : n + 1] for n in range(len(body)))))) == list(
        map(repr, values(body))
    )


def test_line_separators_inside_json_end_no_line() -> None:
    assert values('data: {"t": "a\u2028b\u0085c\u2029d\x0be"}\n\n'.encode()) == [
        {"t": "a\u2028b\u0085c\u2029d\x0be"}
    ]


def test_a_byte_that_is_no_utf8_becomes_a_replacement_character() -> None:
    assert values(b'data: {"t": "a\xff\xc3"}\n\n') == [{"t": "a\ufffd\ufffd"}]


def test_an_event_is_there_with_its_first_line_end() -> None:
    assert SSEDecoder().feed(b'data: {"a": 1}\n') == [Event("", {"a": 1})]


def test_an_event_of_three_megabytes_in_small_reads_is_whole() -> None:
    body = b'data: {"t": "' + b"x" * 3_000_000 + b'"}\n\n'
    parts = [body[at : at + 16384] for at in range(0, len(body), 16384)]
    assert values(*parts) == [{"t": "x" * 3_000_000}]


@pytest.mark.parametrize("start", [b"", b"data: ", b"{", b": "])
def test_a_line_without_end_stops_at_sixteen_mebibytes(start: bytes) -> None:
    decoder = SSEDecoder()
    found = [event for part in [start] + [b"x" * 2**20] * 20 for event in decoder.feed(part)]
    assert isinstance(found[0].value, ProtocolError)
    assert found[1:] == decoder.close() == []
    assert LARGEST_EVENT == 2**24


def test_an_event_without_end_in_short_lines_stops_too() -> None:
    decoder = SSEDecoder()
    found = [event for _ in range(20) for event in decoder.feed((b"data: x" + b"x" * 1016 + b"\n") * 1024)]
    assert [type(event.value) for event in found] == [ProtocolError]


@pytest.mark.parametrize("line", [b"data:x\n", b'data: {"a":\n', b"data:\n:\ndata:x\n"])
def test_an_event_without_end_counts_what_its_lines_cost(line: bytes) -> None:
    decoder = SSEDecoder()
    reads = [line * (16384 // len(line))] * 1024
    found = [event for data in reads for event in decoder.feed(data)]
    assert [type(event.value) for event in found] == [ProtocolError]


def test_a_line_costs_no_more_in_a_long_event() -> None:
    short, long = SSEDecoder(), SSEDecoder()
    long.feed(b"data:x\n" * 200_000)
    assert seconds_for_lines(long) < 50 * seconds_for_lines(short)


def seconds_for_lines(decoder: SSEDecoder) -> float:
    begun = process_time()
    for _ in range(300):
        decoder.feed(b"data:x\n")
    return process_time() - begun


def test_lines_beside_an_open_event_do_not_make_room_for_more_of_it() -> None:
    decoder = SSEDecoder()
    found = [event for _ in range(40) for event in decoder.feed(b"data: x" + b"x" * 2**20 + b"\n{}\n")]
    assert ProtocolError in [type(event.value) for event in found]


def test_an_event_that_is_no_json_is_an_error_that_keeps_it_for_programs_alone() -> None:
    error = values(b'data: {"a": oops}\n\n')[0]
    assert isinstance(error, ProtocolError)
    assert error.detail == '{"a": oops}'
    assert "oops" not in str(error)


def test_json_nested_without_end_is_an_error_and_no_crash() -> None:
    assert isinstance(values(b"data: " + b"[" * 100_000 + b"\n\n")[0], ProtocolError)


def test_a_number_of_ten_thousand_digits_is_an_error_and_no_crash() -> None:
    assert isinstance(values(b'data: {"a": ' + b"9" * 10_000 + b"}\n\n")[0], ProtocolError)


def test_an_event_cut_in_its_middle_is_dropped() -> None:
    assert values(b'data: {"a": 1}\n\ndata: {"a": 2, "b') == [{"a": 1}]


def test_an_error_field_is_an_error_event() -> None:
    assert decoded(b'error: {"code": 400}\n\n') == [Event("error", {"code": 400})]


def test_an_error_event_keeps_its_name() -> None:
    assert decoded(b'event: error\ndata: {"message": "no"}\n\n') == [Event("error", {"message": "no"})]


def test_an_error_event_in_plain_words_is_kept() -> None:
    assert decoded(b"event: error\ndata: model crashed\n\n") == [Event("error", "model crashed")]


def test_what_is_no_event_stream_is_remembered_for_the_message() -> None:
    decoder = SSEDecoder()
    assert decoder.feed(b"<!doctype html>\n<p>Sign in") + decoder.close() == []
    assert (decoder.stray, decoder.seen) == ("<!doctype html>", False)
