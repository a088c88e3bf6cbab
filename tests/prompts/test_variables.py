"""Variables in the texts of prompts."""

import time

import pytest

from chatsite.prompts.variables import names, render, unclosed_line


def test_blanks_around_a_name_do_not_matter():
    assert names("{{user.name}} {{  user.name }} {{\n date }}") == ["user.name", "date"]
    assert render("{{  user.name }}", {"user.name": "Anna"}) == "Anna"


def test_what_is_unknown_or_open_stays_as_it_was_typed():
    text = "{{  nothing }} {{{{x}} {{ open"
    assert render(text, {"x": "y"}) == "{{  nothing }} {{x}} {{ open"
    assert unclosed_line(text) == 1


@pytest.mark.parametrize("text", ["{{" + " " * 40_000 + "{", "{{ " * 20_000, "{{" + "a " * 20_000])
def test_braces_that_nothing_closes_cost_by_the_length_of_the_text(text):
    begun = time.process_time()
    names(text)
    assert time.process_time() - begun < 5
