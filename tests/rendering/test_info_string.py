"""A code block is called by its file, or by its language."""

import pytest

from chatsite.rendering import render
from chatsite.rendering.info_string import Info


@pytest.mark.parametrize(
    ("line", "language", "label"),
    [
        ("python", "python", "python"),
        ("Python3", "Python3", "Python3"),
        ("python:src/app.py", "python", "src/app.py"),
        ("ts:src/index.ts", "ts", "src/index.ts"),
        ('js title="a.js" {1,3}', "js", "a.js"),
        ("js filename=a.js", "js", "a.js"),
        ("{python}", "python", "python"),
        ("{.python .numberLines}", "python", "python"),
        ('c++ linenums="1"', "c++", "c++"),
        ("python{1,3}", "python", "python"),
        ("lang-python", "python", "python"),
        ("language-js", "js", "js"),
        ("src/app.py", "py", "src/app.py"),
        ("12:15:src/app.py", "py", "src/app.py"),
        ("src/a/b.tsx#L3", "tsx", "src/a/b.tsx"),
        ("src/app.py:12-20", "py", "src/app.py"),
        ("python:src/app.py#L1-L5", "python", "src/app.py"),
        ("app.rb:7", "rb", "app.rb"),
        ("python:3", "python", "python"),
        ("deploy/Dockerfile", "Dockerfile", "deploy/Dockerfile"),
        ("klingon", "klingon", "klingon"),
        ("", "", "text"),
        ("<b>", "<b>", "text"),
        ('x"y', 'x"y', "text"),
        ("x" * 40, "x" * 40, "text"),
    ],
)
def test_a_fence_names_a_language_and_a_block(line, language, label):
    assert Info.of(line) == (language, label)


def test_code_with_a_file_name_is_coloured_and_called_by_it():
    html = render("```python:src/app.py\nreturn 1\n```")
    assert "<figcaption><span>src/app.py</span>" in html
    assert '<span class="k">return</span>' in html
