"""The parameters that a model has of its own."""

import pytest
from django.core.exceptions import ValidationError

from chatsite.providers.models import Model
from chatsite.providers.params import MAX_OTHER_CHARACTERS, validate_other_params, with_defaults


def test_what_is_empty_is_not_sent_and_zero_is():
    model = Model(temperature=0, top_p=None, reasoning_effort="", other_params={"seed": 1})
    assert model.default_params == {"temperature": 0, "seed": 1}


def test_what_was_chosen_comes_before_the_defaults():
    assert with_defaults({"temperature": 0, "seed": 1}, {"seed": 2}) == {"temperature": 0, "seed": 2}


def test_one_limit_of_tokens_takes_the_place_of_the_other():
    assert with_defaults({"max_tokens": 5}, {"max_completion_tokens": 9}) == {"max_completion_tokens": 9}
    assert with_defaults({"max_completion_tokens": 9}, {"max_tokens": 5}) == {"max_tokens": 5}


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ([1], "Write a JSON object"),
        ("text", "Write a JSON object"),
        ({"messages": []}, "“messages” cannot be set here"),
        ({"model": "large"}, "“model” cannot be set here"),
        ({"stream": False}, "“stream” cannot be set here"),
        ({"Model": "large"}, "“Model” cannot be set here"),
        ({"\u017ftream": False}, "cannot be set here"),
        ({"MAX_TOKENS": 1}, "has a field of its own"),
        ({"extra_body": {"model": "large"}}, "“extra_body” cannot be set here"),
        ({"temperature": 1}, "“temperature” has a field of its own"),
        ({"seed": float("nan")}, "cannot be sent"),
        ({"stop": "\0"}, "cannot be sent"),
        ({"stop": "\ud800"}, "cannot be sent"),
        ({"stop": "x" * MAX_OTHER_CHARACTERS}, "is the most"),
        ({"": 1}, "needs a name"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_a_sentence(value, reason):
    with pytest.raises(ValidationError, match=reason):
        validate_other_params(value)


@pytest.mark.parametrize("value", [{}, {"seed": 1}, {"stop": ["a"], "provider_options": {"a": [1, None]}}])
def test_anything_else_a_server_may_know_is_taken(value):
    validate_other_params(value)
