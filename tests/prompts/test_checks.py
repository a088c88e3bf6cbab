"""What an answer to a case must be like, and the sentence that says whether it is."""

import pytest

from chatsite.prompts.checks import Check, Checked, refusals, result


def said(kind, expected="", **answer):
    found = result(Check(kind, expected), Checked(**answer))
    return found.passed, found.why


@pytest.mark.parametrize(
    ("text", "answer", "passed", "why"),
    [
        ("refund", "We REFUND it.", True, "It contains “refund”."),
        ("Straße", "in der STRASSE", True, "It contains “Straße”."),
        ("café", "Le cafe\u0301.", True, "It contains “café”."),
        ("refund", "No.", False, "It does not contain “refund”."),
        ("x" * 70, "No.", False, f"It does not contain “{'x' * 60}…”."),
    ],
)
def test_an_answer_contains_a_text_or_does_not(text, answer, passed, why):
    assert said("contains", text, text=answer) == (passed, why)
    assert said("lacks", text, text=answer) == (not passed, why)


def test_an_answer_matches_a_regular_expression_or_does_not():
    assert said("matches", r"\d{3}", text="No 142") == (True, r"It matches “\d{3}”.")
    assert said("matches", r"^\d{3}$", text="No 142") == (False, r"It does not match “^\d{3}$”.")
    assert said("matches", "(?i)ü+", text="ÜÜ \U0001f600 \ud83d")[0]


def test_a_regular_expression_that_takes_too_long_is_stopped_and_says_so():
    passed, why = said("matches", "(a+)+$", text="a" * 60 + "!")
    assert not passed
    # On a machine that is very busy, the child gets no second of processor time in all that it is waited for.
    assert why.startswith("The regular expression could not be tried. ") and "second" in why


def test_a_long_answer_is_searched_to_its_end():
    assert said("matches", "end$", text="x" * 3_000_000 + "end")[0]


@pytest.mark.parametrize(
    ("answer", "passed", "why"),
    [
        (' {"a": [1, null]}\n', True, "It is JSON."),
        ("12", True, "It is JSON."),
        ("Here: {}", False, "It is not JSON: Expecting value (line 1, column 1)."),
        ('{\n "a": }', False, "It is not JSON: Expecting value (line 2, column 7)."),
        (
            "```json\n{}\n```",
            False,
            "It is not JSON: Expecting value (line 1, column 1). It stands in a code block.",
        ),
        ("[NaN]", False, "It is not JSON: it has NaN, which JSON does not know."),
        ("[" * 100_000, False, "It is not JSON that a program reads: it is nested too deeply."),
        ("", False, "It is not JSON: Expecting value (line 1, column 1)."),
    ],
)
def test_an_answer_is_json_or_is_not(answer, passed, why):
    assert said("json", text=answer) == (passed, why)


def test_json_with_a_number_of_very_many_digits_is_told():
    passed, why = said("json", text="9" * 10_000)
    assert not passed and why.startswith("It is not JSON: ")


def test_tokens_are_those_that_the_server_counted_else_about_a_quarter_of_the_bytes():
    short = Check("short", tokens=200)
    assert result(short, Checked("x", 1212)).why == "It has 1,212 tokens; 200 is the most."
    assert result(short, Checked("x" * 796)).why == "It has about 199 tokens; 200 is the most."
    assert [result(short, Checked("x", count)).passed for count in (200, 201)] == [True, False]


@pytest.mark.parametrize(
    ("reason", "passed", "why"),
    [
        ("stop", True, "It ended by itself."),
        ("", True, "It ended by itself."),
        ("length", False, "It was cut by its length."),
        ("content_filter", False, "It was cut by the server’s filter."),
    ],
)
def test_an_answer_ends_by_itself_or_was_cut(reason, passed, why):
    assert said("ends", finish_reason=reason, text="x") == (passed, why)


@pytest.mark.parametrize(
    ("check", "field", "sentence"),
    [
        (Check("contains", "  "), "text", "Write the text to look for."),
        (Check("matches", ""), "text", "Write the regular expression."),
        (Check("lacks", "x" * 501), "text", "It has 501 characters; 500 is the most."),
        (Check("contains", "a\0b"), "text", "It has a character without a meaning (NUL)."),
        (
            Check("matches", "(a"),
            "text",
            "Python cannot read it: missing ), unterminated subpattern at position 0.",
        ),
        (Check("matches", "*"), "text", "Python cannot read it: nothing to repeat at position 0."),
        (Check("matches", "(" * 490), "text", "Python cannot read it: "),
        (Check("matches", "a{9999999999999}"), "text", "Python cannot read it: "),
        (Check("short", tokens=0), "tokens", "Give a number of tokens from 1 to 1,000,000."),
        (Check("short"), "tokens", "Give a number of tokens from 1 to 1,000,000."),
        (Check("short", tokens=1_000_001), "tokens", "Give a number of tokens from 1 to 1,000,000."),
    ],
)
def test_what_cannot_be_checked_is_refused_by_a_sentence_at_its_field(check, field, sentence):
    found = refusals(check)
    assert list(found) == [field] and found[field].startswith(sentence)


@pytest.mark.parametrize(
    "check",
    [
        Check("contains", "x"),
        Check("matches", "(?i)^x+$"),
        Check("json"),
        Check("short", tokens=1),
        Check("ends"),
    ],
)
def test_what_can_be_checked_is_not_refused(check):
    assert refusals(check) == {}


def test_a_check_reads_as_the_rest_of_a_sentence():
    assert [
        str(each)
        for each in (Check("lacks", "sorry"), Check("short", tokens=1200), Check("json"), Check("ends"))
    ] == [
        "does not contain “sorry”",
        "has at most 1,200 tokens",
        "is JSON",
        "ends by itself, not cut by length",
    ]
