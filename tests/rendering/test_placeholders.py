"""What the renderer puts into a text for itself is never shown, and nobody can forge it."""

import random
import re

import pytest

from chatsite.rendering import StreamRenderer, render
from tests.rendering.conftest import Page, dangers, ended

WORDS = (
    "word", " ", " ", "本文", "注意", "です", "안내", "é", "。", "：", "（", "）", "「", "」", "“", "”", "**",
    "**", "*", "_",
    "~~", "~", "`", "[", "]", "](", "[a](http://x.y/b_c)", "https://x.y/__init__.py", "https://x.y/*a*/北京",
    "请访问https://a.b/c?q=$a$", "<https://z.w>", "<sub>2</sub>", "<u>", "</u>", "<br>", "&amp;", "&#xfdd0;0&#xfdd1;",
    "&#xfdd2;", "$x$", "$$y$$", "\\", "$5", "|", "`a | b`", "Note:", "\n", "\n", "\n\n", "  \n", "\n- ", "\n> ",
    "\n```markdown\n", "\n```bash\n", "\n```\n", "\n  ```md\n", "\n  ```\n", "\n### ", "\n| a | b |\n|---|---|\n",
    "\n| ` | `x | y` |", "\n[a]: http://z.w/q_r_s\n", "[a]", "[^1]", "\n[^1]: note\n", "[r](docs/x)", "\ufdd3",
)  # fmt: skip


@pytest.mark.parametrize(
    "reference", ["&#xfdd0;0&#xfdd1;", "&#64976;0&#64977;", "&#xFDD0;9&#xFDD1;", "&#xfdd4;", "&#65007;"]
)
def test_an_entity_repeats_no_formula(reference, caplog):
    html = render(f"$x$ {reference} `{reference}` [a](http://x.y/{reference})")
    assert html.count("<math") == 1
    assert "\ufffd" in html
    assert not re.search("[\ufdd0-\ufdef]", html)
    assert caplog.records == []


@pytest.mark.parametrize("seed", range(4))
def test_mixtures_end_as_a_reload_shows_them_and_show_no_mark(seed):
    choose = random.Random(seed)
    for _ in range(40):
        text = "".join(choose.choices(WORDS, k=choose.randint(1, 28)))
        renderer, position = StreamRenderer(), 0
        while position < len(text):
            end = position + choose.randint(1, 8)
            renderer.append(text[position:end])
            position, tail = end, renderer.flush()
        html = "".join((*renderer.settled, tail))
        assert Page(html).balanced, text
        assert dangers(html) == [], text
        assert ended(renderer, text) == render(text), text
        assert not re.search("[\ufdd0-\ufdef]|[0-9a-f]{16}", html + render(text)), text
