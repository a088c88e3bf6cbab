"""What is typed into the search box is understood, and never raises."""

from datetime import datetime

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from chatsite.history.search.phrases import Phrase, phrase
from chatsite.history.search.query import NO_WORDS, ONLY_WITHOUT, TOO_LONG, TOO_MANY, read


def test_words_phrases_beginnings_and_exclusions():
    query = read('Bean "hot soup" tom* -"cold one" -rice')
    assert query.phrases == [Phrase(("bean",)), Phrase(("hot", "soup")), Phrase(("tom",), True)]
    assert query.without == [Phrase(("cold", "one")), Phrase(("rice",))]
    assert query.problem == ""


def test_a_word_with_signs_in_it_is_a_phrase():
    assert read("src/config.py").phrases == [Phrase(("src", "config", "py"))]
    assert read("foo:bar http://x.y").phrases == [Phrase(("foo", "bar")), Phrase(("http", "x", "y"))]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("豆腐", Phrase(("豆腐",))),
        ("豆腐汤", Phrase(("豆腐", "腐汤"))),
        ("汤", Phrase(("汤",), True)),
        ("重跑gen", Phrase(("重跑", "跑", "gen"))),
        ("50条", Phrase(("50", "条"), True)),
    ],
)
def test_chinese_is_looked_for_in_pairs(typed, expected):
    assert phrase(typed) == expected


def test_filters():
    query = read(
        'in:title model:GPT-4o prompt:"My tutor" is:pinned IS:archived after:2026-05 before:2026-06-15 x'
    )
    assert (query.titles_only, query.models, query.prompts) == (True, ["GPT-4o"], ["My tutor"])
    assert query.flags == {"pinned": True, "archived": True}
    zone = timezone.get_current_timezone()
    assert query.after == datetime(2026, 5, 1, tzinfo=zone) and query.before == datetime(
        2026, 6, 15, tzinfo=zone
    )
    assert query.phrases == [Phrase(("x",))] and query.problem == ""


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("-soup", ONLY_WITHOUT),
        ("!!! ???", NO_WORDS),
        ("folder: soup", "“folder:” needs the name of a folder, or a part of it."),
        ("x " * 21, TOO_MANY),
        ("x" * 401, TOO_LONG),
        ("a*", "“a*” is too short: type at least two letters before the star."),
        ("in:body x", "“in:” can be followed by title: in:title."),
        ("is:red", "“is:” can be followed by pinned or archived."),
        ("before:soon", "“before:” needs a date such as before:2026-05-31 or before:2026-05, not “soon”."),
        ("after:2026-13", "“after:” needs a date such as after:2026-05-31 or after:2026-05, not “2026-13”."),
        ("-model:gpt x", "“model:” cannot be left out with a minus."),
        ("model:", "“model:” needs the name of a model, or how it begins."),
        ("prompt: x", "“prompt:” needs the name of a system prompt."),
    ],
)
def test_what_cannot_be_answered_is_said(typed, problem):
    assert read(typed).problem == problem


@pytest.mark.parametrize("typed", ["", "   ", "is:pinned", "model:gpt"])
def test_what_can_be_answered_has_no_problem(typed):
    assert read(typed).problem == ""


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\"*-: ()^+{}&|!\\'")), max_size=450))
def test_anything_can_be_typed(typed):
    query = read(typed)
    assert all(found.words for found in query.phrases + query.without)
