"""The words of a Markdown text, for a snippet."""

import time

from chatsite.history.search.plain_words import plain_words


def test_a_long_line_of_spaces_costs_by_its_length():
    begun = time.process_time()
    plain_words("| a |\n" + " " * 40_000 + "b")
    assert time.process_time() - begun < 5


def test_the_line_below_a_header_goes():
    assert "-" not in plain_words("| a | b |\n| :-- | --: |\n| c | d |")
    assert "-" not in plain_words("a | b\n--- | ---\nc | d")
