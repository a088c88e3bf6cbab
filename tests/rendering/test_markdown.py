"""What people write in Markdown, as they see it."""

import pytest

from chatsite.rendering import render

BUTTONS = (
    '<button type="button" data-wrap aria-pressed="false">Wrap</button>'
    '<button type="button" data-copy>Copy</button></figcaption><pre tabindex="0"><code class="highlight">'
)


def test_a_paragraph_keeps_its_emphasis():
    assert render("a **b** *c* ~~d~~ `e`") == (
        '<p dir="auto">a <strong>b</strong> <em>c</em> <del>d</del> <code>e</code></p>'
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
    assert render("    one\n3) a\n\n   more\n").endswith(
        '<li dir="auto"><p dir="auto">a</p><p dir="auto">more</p></li></ol>'
    )


def test_code_inside_a_list_item_gets_the_same_frame():
    html = render("1. Run\n\n   ```python\n   pass\n   ```\n")
    assert f"<span>python</span>{BUTTONS}" in html
    assert html.endswith("</figure></li></ol>")


def test_a_table_scrolls_by_itself_and_aligns_by_class():
    html = render("| a | b |\n|:-:|--:|\n| 1 | 2 |\n")
    assert html.startswith('<div class="table" tabindex="0" role="group"><table><thead><tr>')
    assert '<th class="center" dir="auto">a</th>' in html
    assert '<td class="right" dir="auto">2</td></tr></tbody></table></div>' in html


def test_a_table_may_follow_a_sentence_without_a_blank_line():
    html = render("Figures:\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    assert html.startswith('<p dir="auto">Figures:</p><div class="table"')
    assert html.count("<tr>") == 2


def test_a_row_may_hold_a_line_break_and_a_formula_with_bars():
    html = render("| a |\n|---|\n| x<br>$|y|$ |\n")
    assert "x<br><math" in html


def test_tasks_show_what_is_done():
    html = render("- [x] one\n- [ ] two\n")
    assert '<input type="checkbox" disabled="" checked=""> one' in html
    assert '<input type="checkbox" disabled=""> two' in html


def test_a_numbered_list_begins_where_it_says():
    assert render("3. a\n4. b\n") == '<ol start="3"><li dir="auto">a</li><li dir="auto">b</li></ol>'


def test_a_list_stays_one_list_over_blank_lines():
    html = render("1. a\n\n   more\n\n2. b\n\n3. c\n")
    assert html.count("<ol") == 1
    assert html.count("<li") == 3


def test_another_bullet_begins_another_list():
    assert render("- a\n* b\n").count("<ul>") == 2


def test_footnotes_are_marks_above_the_line_without_anchors():
    html = render("Said[^1].\n\n[^1]: By **me**.\n")
    assert "Said<sup>1</sup>." not in html
    assert 'Said<sup class="footnote">1</sup>.' in html
    assert '<div class="footnote"><sup>1</sup><p dir="auto">By <strong>me</strong>.</p></div>' in html


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
