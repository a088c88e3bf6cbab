"""Code and its colours."""

import re
import time
from pathlib import Path

import pytest
from pygments.lexers import get_lexer_by_name

from chatsite.rendering import render
from chatsite.rendering.code import _LEXERS, GrowingCode, coloured, label

STYLESHEET = Path(__file__).parents[2] / "static" / "css" / "highlight.css"
SAMPLE = 'import os\n\n@wraps\nclass A(B):\n    """Doc."""\n    x: int = 1.5  # why\n    def f(self): return f"{x!r}"\n'


def test_code_is_coloured_by_class():
    assert coloured("py", "return 1\n") == '<span class="k">return</span> <span class="mi">1</span>\n'


def test_every_class_that_is_used_has_a_colour():
    styled = set(re.findall(r"\.(\w+)", STYLESHEET.read_text()))
    html = "".join(coloured(name, SAMPLE) for name in set(_LEXERS.values()))
    assert set(re.findall(r'class="(\w+)"', html)) <= styled


@pytest.mark.parametrize("name", sorted(set(_LEXERS.values())))
def test_every_known_language_keeps_the_code_as_it_is(name):
    assert get_lexer_by_name(name)
    plain = re.sub(r"<[^>]+>", "", coloured(name, SAMPLE))
    assert plain == SAMPLE.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@pytest.mark.parametrize("language", ["", "<b>", "a b", 'x"y', "x" * 40])
def test_an_odd_language_is_called_text(language):
    assert label(language) == "text"


def test_leading_lines_and_tabs_of_code_are_kept():
    assert render("```python\n\n\tx\n\n```").count("\n\tx\n\n") == 1


def test_growing_code_shows_all_of_it_at_every_moment():
    growing = GrowingCode("python")
    for end in range(len(SAMPLE) + 1):
        assert re.sub(r"<[^>]+>", "", growing.html(SAMPLE[:end])) == SAMPLE[:end]


def test_growing_code_begins_anew_when_it_is_other_code():
    growing = GrowingCode("python")
    growing.html("return 1\n")
    assert growing.html("x\n") == "x\n"


def test_code_that_is_cut_into_parts_is_coloured_as_before():
    function = "def f(x):\n    return 'a'\n\n"
    assert coloured("python", function * 300) == coloured("python", function) * 300


@pytest.mark.parametrize("name", ["csharp", "java", "terraform", "markdown", "go"])
def test_unlucky_code_does_not_hold_the_others_up(name):
    begun = time.process_time()
    for unit in ("a\n", "/*\n", "[\n", "<<A\n", "a " * 20 + "\n"):
        coloured(name, unit * (4000 // len(unit)))
    assert time.process_time() - begun < 20
