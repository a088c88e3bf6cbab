"""What people write in Markdown, as they see it."""

import re

import pytest

from chatsite.rendering import StreamRenderer, render

BUTTONS = (
    '<button type="button" data-wrap aria-pressed="false">Wrap</button>'
    '<button type="button" data-copy>Copy</button></figcaption><pre tabindex="0"><code class="highlight">'
)


def test_a_paragraph_keeps_its_emphasis():
    assert render("a **b** *c* ~~d~~ `e`") == (
        '<p dir="auto">a <strong>b</strong> <em>c</em> <del>d</del> <code dir="ltr">e</code></p>'
    )


def test_headings_stay_below_the_headings_of_the_page():
    html = render("# 1\n## 2\n### 3\n#### 4\n##### 5\n###### 6\n")
    assert [f"<h{level}" in html for level in range(1, 7)] == [False, False, True, True, True, True]
    assert html.count("<h6") == 3


def test_a_code_block_has_its_language_and_the_two_buttons():
    assert render("```sql\n1\n```\n") == (
        f'<figure class="code"><figcaption><span>sql</span>{BUTTONS}<span class="mi">1</span>\n</code></pre></figure>'
    )


def test_code_in_an_unknown_language_is_shown_plain():
    assert "<span>text</span>" in render("```\nx < 1\n```\n")
    assert ">x &lt; 1\n</code>" in render("```klingon\nx < 1\n```\n")


def test_indented_code_after_a_heading_is_one_block():
    assert render("# Title\n\n    one\n    two\n").count("<figure") == 1


def test_a_list_may_follow_indented_code_without_a_blank_line():
    assert render("    one\n3) a\n\n   more\n").endswith("<li><p>a</p><p>more</p></li></ol>")


def test_code_inside_a_list_item_gets_the_same_frame():
    html = render("1. Run\n\n   ```python\n   pass\n   ```\n")
    assert f"<span>python</span>{BUTTONS}" in html
    assert html.endswith("</figure></li></ol>")


def test_a_table_scrolls_by_itself_and_aligns_by_class():
    html = render("| a | b |\n|:-:|--:|\n| 1 | 2 |\n")
    assert html.startswith('<div class="table" dir="auto" tabindex="0" role="group"><table><thead><tr>')
    assert '<th class="center">a</th>' in html
    assert '<td class="right">2</td></tr></tbody></table></div>' in html


def test_a_table_may_follow_a_sentence_without_a_blank_line():
    html = render("Figures:\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    assert html.startswith('<p dir="auto">Figures:</p><div class="table"')
    assert html.count("<tr>") == 2


def test_a_row_may_hold_a_line_break_and_a_formula_with_bars():
    html = render("| a |\n|---|\n| x<br>$|y|$ |\n")
    assert "x<br><math" in html


def test_tasks_show_what_is_done_in_boxes_with_a_name():
    html = render("- [x] one\n- [ ] two\n")
    assert '<input type="checkbox" aria-label="Task" disabled="" checked=""> one' in html
    assert '<input type="checkbox" aria-label="Task" disabled=""> two' in html


def test_a_numbered_list_begins_where_it_says():
    assert render("3. a\n4. b\n") == '<ol start="3" dir="auto"><li>a</li><li>b</li></ol>'


def test_a_list_stays_one_list_over_blank_lines():
    html = render("1. a\n\n   more\n\n2. b\n\n3. c\n")
    assert html.count("<ol") == 1
    assert html.count("<li") == 3


def test_another_bullet_begins_another_list():
    assert render("- a\n* b\n").count("<ul ") == 2


def test_footnotes_are_marks_above_the_line_without_anchors():
    html = render("Said[^1].\n\n[^1]: By **me**.\n")
    assert "Said<sup>1</sup>." not in html
    assert 'Said<sup class="footnote">1</sup>.' in html
    assert '<div class="footnote" dir="auto"><sup>1</sup><p>By <strong>me</strong>.</p></div>' in html


def test_brackets_that_are_no_footnote_stay_as_they_are():
    assert "[^abc]" in render("the class [^abc] matches")


def test_a_link_may_be_defined_at_the_end():
    html = render("See [the site].\n\nMore.\n\n[The  Site]: https://x.y/\n")
    assert '<a href="https://x.y/"' in html


def test_an_alert_has_its_title():
    html = render("> [!WARNING]\n> hot\n")
    assert html.startswith(
        '<blockquote class="alert warning" dir="auto"><p class="title" dir="auto">Warning</p>'
    )


def test_raw_html_is_shown_as_it_was_said():
    assert render("a <b>x</b>") == '<p dir="auto">a &lt;b&gt;x&lt;/b&gt;</p>'
    assert "&lt;div&gt;" in render("<div>\n\ntext\n\n</div>")


@pytest.mark.parametrize("text", ["", "\n", "  \n\t\n", "[a]: http://x.y\n"])
def test_nothing_to_show_shows_nothing(text):
    assert render(text) == ""


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_of_other_systems_mean_the_same(end):
    text = "# a\n\n- b\n- c\n\n```\nd\n```\n"
    assert render(text.replace("\n", end)) == render(text)


def test_a_character_that_no_page_may_hold_is_replaced():
    assert render("a\x00b\ud83dc") == '<p dir="auto">a\ufffdb\ufffdc</p>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a\nb", '<p dir="auto">a<br>\nb</p>'),
        ("a  \nb\\\nc", '<p dir="auto">a<br>\nb<br>\nc</p>'),
        ("a<br>\nb", '<p dir="auto">a<br>\nb</p>'),
        ("- a\n  b", '<ul dir="auto"><li>a<br>\nb</li></ul>'),
        ("> a\n> b", '<blockquote dir="auto"><p>a<br>\nb</p></blockquote>'),
        ("**A**\nb", '<p dir="auto"><strong>A</strong><br>\nb</p>'),
    ],
)
def test_a_line_end_is_a_line_end(text, html):
    assert render(text) == html
    assert StreamRenderer(text).flush() == html


def test_a_heading_of_two_lines_keeps_them():
    assert render("a\nb\n===") == '<h3 dir="auto">a<br>\nb</h3>'


def test_a_formula_of_its_own_lines_is_followed_by_no_empty_line():
    assert "</math>\nb" in render("a\n$$x$$\nb")


def test_a_direction_is_told_by_words_not_by_code_or_addresses():
    assert render("`a` \u05d0") == '<p dir="auto"><code dir="ltr">a</code> \u05d0</p>'
    assert '<a href="http://x.y" dir="ltr"' in render("http://x.y \u05d0")


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("- a", '<ul dir="auto"><li>a'), ("1. a\n\n   b", '<ol dir="auto"><li><p>a</p>'),
        ("> a", '<blockquote dir="auto"><p>a'),
        ("|a|b|\n|-|-|", '<div class="table" dir="auto" tabindex="0" role="group"><table><thead><tr><th>a'),
    ],
)  # fmt: skip
def test_a_list_a_quotation_or_a_table_has_the_direction_of_its_words(text, start):
    assert render(text).startswith(start)


@pytest.mark.parametrize("tag", ["sub", "sup", "kbd", "mark", "u"])
def test_a_few_tags_do_what_they_say_in_pairs(tag):
    assert render(f"a<{tag}>*2*</{tag}>b") == f'<p dir="auto">a<{tag}><em>2</em></{tag}>b</p>'
    assert f"&lt;{tag}&gt;" in render(f"a <{tag}> b")
    assert f'&lt;{tag} class="x"&gt;' in render(f'a <{tag} class="x">b</{tag}>')


def test_tags_that_cross_others_are_text():
    assert render("<sub>a *b</sub> c*") == '<p dir="auto">&lt;sub&gt;a <em>b&lt;/sub&gt; c</em></p>'
    assert render("<u>a\n\nb</u>") == '<p dir="auto">&lt;u&gt;a</p><p dir="auto">b&lt;/u&gt;</p>'


def test_a_tag_that_waits_for_its_end_is_obeyed_already():
    assert StreamRenderer("H<sub>2").flush() == '<p dir="auto">H<sub>2</sub></p>'
    assert StreamRenderer("H<su").flush() == '<p dir="auto">H</p>'


def test_code_in_a_table_may_hold_a_bar():
    html = render("| a | b |\n|---|---|\n| x | `a | b` |\n| y | `a || b` and `c \\| d` |\n| ` | ` |\n")
    assert '<td>x</td><td><code dir="ltr">a | b</code></td>' in html
    assert '<code dir="ltr">a || b</code> and <code dir="ltr">c | d</code></td>' in html
    assert "<td>`</td><td>`</td>" in html


def test_code_with_a_bar_is_one_cell_while_it_is_written():
    assert (
        '<td>x</td><td><code dir="ltr">a | b</code></td>'
        in StreamRenderer("|a|b|\n|-|-|\n| x | `a | b").flush()
    )


def test_headings_leave_no_level_out():
    html = render("### a\n\n## b\n\n#### c\n\n- ###### d\n\n## e")
    assert re.findall(r"<(h\d)", html) == ["h3", "h3", "h4", "h5", "h3"]


README = "# Title\n\n```bash\nmake\n```\n\nThen read.\n"


@pytest.mark.parametrize("fence", ["```", "~~~"])
def test_an_example_of_markdown_holds_its_own_code(fence):
    text = f"{fence}markdown\n{README}{fence}\n\nAfter.".replace(
        "```bash\nmake\n```", f"{fence}bash\nmake\n{fence}"
    )
    html = render(text)
    assert html.count("<figure") == 1
    assert html.endswith('</figure><p dir="auto">After.</p>')
    assert "Then read." in html.partition("</figure>")[0]


def test_an_example_of_markdown_in_a_list_holds_its_own_code():
    inner = "".join(f"  {line}\n" for line in README.splitlines())
    html = render(f"- a\n\n  ```md\n{inner}  ```\n\n  After.")
    assert html.count("<figure") == 1
    assert html.endswith("<p>After.</p></li></ul>")


def test_a_fence_in_other_code_ends_as_always():
    assert render("```text\n```bash\na\n```\nb").endswith('</figure><p dir="auto">b</p>')
