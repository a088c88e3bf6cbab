"""Code and its colours."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pygments.lexers import get_lexer_by_name

from chatsite.rendering import render
from chatsite.rendering.css_classes import CLASSES
from chatsite.rendering.highlighting import highlighted, highlighter
from chatsite.rendering.languages import LEXERS, LINE_LEXERS
from tests.rendering.conftest import split

quick = settings(max_examples=300, deadline=None)
STYLESHEET = Path(__file__).parents[2] / "static" / "css" / "highlighting.css"
RULES = enumerate(re.findall(r"\.highlight (.*) \{ color", STYLESHEET.read_text()), 1)
COLOURS = {css: number for number, rule in RULES for css in re.findall(r"\.(\w+)", rule)} | {"": 0}
SAMPLE = 'import os\n\n@wraps\nclass A(B):\n    """Doc."""\n    x: int = 1.5  # why\n    def f(self): return f"{x!r}"\n'
SAMPLES = (
    'import { a } from "b"; /* why\n\tover "lines" */ b = `x ${a}`;\n\nclass A { // 1\n  f(y) { return a / 2; }\n}\n',
    "/**\n * Doc.\n * @param x it\n */\n@Override\npublic int f(final String x) {\n    return x.size() * 10;\n}\n",
    "SELECT a, count(*) -- why\nFROM b\nWHERE c = 'd' AND e >= 1.5;\n",
    ".a > b:hover {\n  color: #fff; /* two\n     lines */\n}\n@media (width < 1px) {\n  i { top: 0 auto }\n}\n",
    '[a.b]\nc = "d" # why\ne = [1,\n  2]\n\n; f\ng: h\n',
)
WORDS = (
    "\n", "\n", "\n\n", " ", "    ", "a", "def f(x):", "return", "class A:", '"', "'", '"""', "`", "/*", "*/", "//",
    "#", "{", "}", "(", ")", "<", ">", "&", ";", "1.5", "=", "<!--", "-->", "<a b='c'>", "</a>", "$x", "${", "\\",
    "@a", "é", "\t", "*", "%d",
)  # fmt: skip


def test_code_is_coloured_by_class():
    assert highlighted("py", "return 1\n") == '<span class="k">return</span> <span class="mi">1</span>\n'


def test_every_class_that_is_used_has_a_colour():
    rules = re.findall(r"\.highlight (.*) \{", STYLESHEET.read_text())
    styled = set(re.findall(r"\.(\w+)", " ".join(rules)))
    html = "".join(highlighted(name, SAMPLE) for name in set(LEXERS.values()))
    assert set(re.findall(r'class="(\w+)"', html)) <= styled


@pytest.mark.parametrize("name", sorted(set(LEXERS.values())))
def test_every_known_language_keeps_the_code_as_it_is(name):
    assert get_lexer_by_name(name)
    plain = re.sub(r"<[^>]+>", "", highlighted(name, SAMPLE))
    assert plain == SAMPLE.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def test_leading_lines_and_tabs_of_code_are_kept():
    assert render("```python\n\n\tx\n\n```").count("\n\tx\n\n") == 1


@pytest.mark.parametrize("name", sorted(LINE_LEXERS))
@pytest.mark.parametrize("sample", [SAMPLE, *SAMPLES])
def test_lines_that_are_coloured_one_by_one_look_as_in_the_whole(name, sample):
    lexer = get_lexer_by_name(name, stripnl=False, ensurenl=False)
    whole = [COLOURS[CLASSES[kind]] for _, kind, text in lexer.get_tokens_unprocessed(sample) for _ in text]
    assert colours_of(highlighted(name, sample)) == whole


@quick
@given(st.sampled_from(sorted(set(LEXERS.values()))), split(st.lists(st.sampled_from(WORDS)).map("".join)))
def test_code_ends_in_the_same_colours_however_it_came(name, case):
    whole, deltas = case
    code, text = highlighter(name), ""
    for delta in deltas:
        text += delta
        code.html(text)
    assert code.finished(text) == highlighted(name, whole)


def test_growing_code_shows_all_of_it_at_every_moment():
    code = highlighter("python")
    for end in range(len(SAMPLE) + 1):
        assert re.sub(r"<[^>]+>", "", code.html(SAMPLE[:end])) == SAMPLE[:end]


def test_growing_code_begins_anew_when_it_is_other_code():
    code = highlighter("python")
    code.html("return 1\n")
    assert code.html("x\n") == "x\n"


def test_code_that_is_cut_into_parts_is_coloured_as_before():
    function = "def f(x):\n    return 'a'\n\n"
    assert highlighted("python", function * 300) == highlighted("python", function) * 300


@pytest.mark.parametrize("name", ["csharp", "java", "terraform", "markdown", "go"])
def test_unlucky_code_does_not_hold_the_others_up(name):
    begun = time.process_time()
    for unit in ("a\n", "/*\n", "[\n", "<<A\n", "a " * 20 + "\n"):
        highlighted(name, unit * (4000 // len(unit)))
    assert time.process_time() - begun < 20


def colours_of(html):
    """The colour of each character of some code."""
    colours, now = [], 0
    for css, end, text in re.findall(r'<span class="(\w+)">|(</span>)|(&\w+;|[^<])', html):
        colours += [now] if text else []
        now = COLOURS[css or ""] if css or end else now
    return colours
