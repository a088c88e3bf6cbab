"""Texts that were made to cost much stay small, whole and in pieces."""

import pytest

from chatsite.rendering import StreamRenderer, render
from tests.rendering.bombs import MAX_FRAME_CHARACTERS, MAX_GROWTH, TEXTS
from tests.rendering.conftest import ended

SIZE = 20_000


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_that_should_cost_much_ends_as_in_the_whole_and_is_no_large_page(name):
    text = TEXTS[name](SIZE)
    renderer = StreamRenderer()
    for start in range(0, len(text), 300):
        renderer.append(text[start : start + 300])
        renderer.flush()
    html = render(text)
    assert ended(renderer, text) == html
    assert len(html) <= MAX_GROWTH * len(text) + MAX_FRAME_CHARACTERS


@pytest.mark.parametrize("name", ["20 macros", "macros with arguments", "defined macro", "sideset"])
def test_a_formula_that_multiplies_itself_is_shown_as_its_source(name):
    assert render(TEXTS[name](0)).startswith('<p dir="auto"><code class="math">$')
