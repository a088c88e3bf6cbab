"""What was rendered once is not rendered again."""

from threading import Thread

from chatsite.rendering import render
from chatsite.rendering.cache import HtmlCache


def test_a_text_is_shown_as_it_is_rendered():
    rendered = HtmlCache()
    assert rendered.html("**a**") == render("**a**")
    assert rendered.html("") == ""
    assert rendered.html("half a pair: \ud83d") == render("half a pair: \ud83d")


def test_a_text_is_rendered_once():
    rendered = HtmlCache()
    assert rendered.html("a") is rendered.html("a")


def test_what_an_answer_ended_as_is_not_rendered_again():
    rendered, html = HtmlCache(), render("**a**")
    rendered.keep("**a**", html)
    assert rendered.html("**a**") is html


def test_what_was_not_shown_longest_goes_first():
    rendered = HtmlCache(most=3 * len(render("a")))
    first, second = rendered.html("a"), rendered.html("b")
    rendered.html("c")
    assert rendered.html("a") is first
    rendered.html("d")
    assert rendered.html("a") is first
    assert rendered.html("b") is not second


def test_a_text_that_is_too_long_to_keep_is_shown_all_the_same():
    rendered = HtmlCache(most=100)
    first = rendered.html("a")
    assert rendered.html("long " * 100) == render("long " * 100)
    assert rendered.html("a") is not first


def test_the_same_text_counts_once():
    rendered = HtmlCache(most=2 * len(render("a")))
    first = rendered.html("a")
    for _ in range(5):
        rendered.keep("b", render("b"))
    assert rendered.html("a") is first


def test_threads_may_ask_at_once():
    rendered, seen = HtmlCache(most=1000), []
    texts = [f"text *{n}*" for n in range(50)]
    threads = [Thread(target=lambda: seen.extend(map(rendered.html, texts))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == sorted(4 * [render(text) for text in texts])
