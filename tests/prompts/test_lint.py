"""What is refused and what is warned of in a prompt's text."""

import pytest

from chatsite.prompts.lint import MAX_TEXT_BYTES, Surroundings, refusals, warnings
from chatsite.prompts.variables import names, render, with_snippets

AROUND = Surroundings(("tiny", 4000), frozenset({"gpt-5-mini", "llama3.1:8b"}))


def test_a_known_variable_is_fine_however_it_is_spaced():
    assert refusals("{{user.name}} {{ groups }} {{  company  }}", ["company"], {}) == []


@pytest.mark.parametrize(
    "text", ["Be {brief}.", "a }} b", '{"json": {"a": 1}}', "{{{{ no variable }}", "{ {x} }"]
)
def test_other_braces_are_fine(text):
    assert refusals(text, [], {}) == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{{ usr.name }}", "There is no variable usr.name. Did you mean user.name?"),
        ("{{ qqqq }}", "There is no variable qqqq. Known: user.name,"),
        ("{{ }}", "There is no variable (without a name)."),
        ("a\n\nb {{ user.name } c", "In line 3, {{ has no }} after it. To write two braces, type {{{{."),
        ("é" * (MAX_TEXT_BYTES // 2 + 512), "The text has 65 KB; 64 KB is the most."),
        ("a\0b", "The text has a character without a meaning (NUL)."),
        ('{{ snippet "tine" }}', "There is no snippet tine. Known: tone."),
    ],
)
def test_what_cannot_be_saved_has_a_sentence(text, sentence):
    assert any(each.startswith(sentence) for each in refusals(text, [], {"tone": "Be kind."})), refusals(
        text, [], {}
    )


def test_what_a_snippet_brings_along_is_checked_too():
    found = refusals('{{ snippet "tone" }}', [], {"tone": "Dear {{ usr.name }}"})
    assert found and found[0].startswith("In the snippet tone: There is no variable usr.name.")
    (unclosed,) = refusals('Hello.\n{{ snippet "tone" }}', [], {"tone": "Be kind.\n\n{{ time"})
    assert unclosed.startswith("In the snippet tone: In line 3, {{ has no }} after it.")
    assert refusals('{{ snippet "tone" }}{ qqqq }}', [], {"tone": "{"})[0].startswith(
        "There is no variable qqqq."
    )
    large = {"tone": "x" * MAX_TEXT_BYTES}
    assert refusals('{{ snippet "tone" }} and more', [], large) == [
        "With its snippets, the text has more than 64 KB."
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x" * 8000, "It fills about 50 % of the context window of tiny (4,000 tokens)."),
        ("{{ time }}", "{{ time }} near the top changes each minute"),
        ("a\nKey: sk-proj-abcdefghijklmnop1234", "Line 2 looks like a password or a key."),
        ("password: hunter22", "Line 1 looks like a password or a key."),
        ("a  \nb\nc ", "There are spaces at the end of lines 1, 3."),
        ("a\u200bb", "Line 1 has an invisible character (zero width space)."),
        ("Answer as gpt-4o would.", "It names the model gpt-4o, which is not offered here."),
    ],
)
def test_what_deserves_a_second_look_is_told(text, sentence):
    assert any(each.startswith(sentence) for each in warnings(text, AROUND)), warnings(text, AROUND)


@pytest.mark.parametrize(
    "text",
    ["You help customers.", "x" * 2600 + "{{ time }}", "Like gpt-5-mini.", "A token: one word of a model."],
)
def test_an_ordinary_text_is_left_alone(text):
    assert warnings(text, AROUND) == []


def test_a_value_is_never_read_for_variables_again():
    assert render("{{ a }} {{ b }}", {"a": "{{ b }}", "b": "x"}) == "{{ b }} x"


def test_an_unknown_variable_stays_as_it_was_typed():
    assert render("{{ a }} {{{{ b }}", {}) == "{{ a }} {{ b }}"


def test_snippets_are_put_in_once_and_names_listed_once():
    assert (
        with_snippets('{{ snippet "a" }}', {"a": '{{ snippet "a" }} {{ x }}'}) == '{{ snippet "a" }} {{ x }}'
    )
    assert names("{{ x }} {{ y }} {{x}} {{{{ z }}") == ["x", "y"]
