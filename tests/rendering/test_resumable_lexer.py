"""Code is highlighted with any version of Pygments."""

import re

import pytest
from pygments.lexer import Lexer, RegexLexer
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES, Keyword, Name, String, Token

from chatsite.rendering.css_classes import CLASSES, spans
from chatsite.rendering.highlighting import Highlighter, PieceHighlighter
from chatsite.rendering.languages import LINE_LEXERS, is_highlighted_by_line, lexer
from chatsite.rendering.resumable_lexer import is_resumable


@pytest.mark.parametrize("name", sorted(LINE_LEXERS))
def test_this_pygments_keeps_its_rules_as_they_are_read(name):
    assert is_highlighted_by_line(name), (
        "Code of this language is highlighted in pieces, which costs more and looks worse."
    )


@pytest.mark.parametrize("name", sorted(LINE_LEXERS))
def test_a_rule_is_a_match_an_action_and_a_step(name):
    for rules in lexer(name)._tokens.values():
        for match, action, step in rules:
            assert callable(match)
            assert action is None or type(action) is type(Token) or callable(action)
            assert step is None or isinstance(step, (str, int, tuple))


class Renamed(RegexLexer):
    """A lexer whose rules are kept under another name."""

    tokens = {"root": [(r"\w+", Name), (r"\s+", Token.Text), (r".", Token.Text)]}

    @property
    def _tokens(self):
        raise AttributeError("_tokens")


class Reordered(RegexLexer):
    """A lexer whose rules have a further part."""

    tokens = {"root": [(r"\w+", Name)]}
    _tokens = {"root": [(re.compile(r"\w+").match, Name, None, "more")]}


class Other(Lexer):
    """A lexer without rules, that reads all of the text as one string."""

    def get_tokens_unprocessed(self, text):
        yield 0, String, text


@pytest.mark.parametrize("kind", [Renamed, Reordered, Other])
def test_a_lexer_of_another_make_is_not_read_line_by_line(kind):
    assert not is_resumable(kind())


def test_a_lexer_whose_tokens_would_differ_is_not_read_line_by_line():
    class Filtering(get_lexer_by_name("java").__class__):
        def get_tokens_unprocessed(self, text, stack=("root",)):
            yield from ((place, Name, part) for place, _, part in super().get_tokens_unprocessed(text, stack))

    assert not is_resumable(Filtering())


@pytest.mark.parametrize("name", sorted(LINE_LEXERS))
def test_without_these_rules_code_is_coloured_in_pieces(name):
    code = "class A { /* b */ }\n"
    pieces: Highlighter = PieceHighlighter(name, name)
    assert re.sub(r"<[^>]+>", "", pieces.finished(code)) == code
    assert re.sub(r"<[^>]+>", "", pieces.html(code)) == code


def test_a_kind_that_is_not_known_has_the_colour_of_what_it_is_one_of():
    assert CLASSES[Keyword.Never.Heard.Of] == STANDARD_TYPES[Keyword]
    assert spans([(Token.Never.Heard.Of, "a<")]) == "a&lt;"
