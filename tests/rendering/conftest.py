"""What the tests of rendering share: reading HTML as strictly as a person would, and making Markdown."""

from html.parser import HTMLParser

from hypothesis import strategies as st

from chatsite.rendering import render

VOID = {"br", "hr", "input", "img", "mspace"}


def ended(renderer, text):
    """The HTML at the end of an answer that was this text, as a page is given it."""
    html = renderer.end()
    return render(text) if html is None else html


class Page(HTMLParser):
    """Reads HTML with a stack: `balanced` is false when a tag is closed out of order or left open."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.misplaced: list[str] = []
        self.feed(html)
        self.close()

    @property
    def balanced(self) -> bool:
        return not self.stack and not self.misplaced

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID or tag == "mspace":
            self.stack.append(tag)

    def handle_endtag(self, tag):
        if self.stack[-1:] == [tag]:
            self.stack.pop()
        else:
            self.misplaced.append(tag)

    def handle_data(self, data):
        self.text += data


def dangers(html: str) -> list[str]:
    """What in some HTML could run, fetch or disguise: nothing, if all is well."""
    page = Page(html)
    found = [f"<{tag}" for tag, _ in page.tags if tag in FORBIDDEN]
    for tag, attributes in page.tags:
        found += [
            name for name in attributes if name.startswith("on") or name in ("style", "id", "name", "src")
        ]
        href = attributes.get("href")
        if href is not None and not href.lower().startswith(("http://", "https://", "mailto:")):
            found.append(f"{tag} {href}")
    return found


FORBIDDEN = {
    "script",
    "img",
    "svg",
    "iframe",
    "object",
    "embed",
    "form",
    "style",
    "link",
    "meta",
    "base",
    "video",
}

INLINE = (
    "word", "two words", " ", "  ", "\t", "é", "日本", "🙂", "**", "*", "_", "__", "~~", "`", "``", "[", "]", "(", ")",
    "![", "](", "http://x.y/z", "https://a.b", "www.c.de", "javascript:alert(1)", "mailto:a@b.c", "<", ">", "&",
    "&amp;", "&lt;script&gt;", "<script>", "<b onclick=x>", "<br>", "<!--", "-->", "$", "$$", "$x_1$", "\\(", "\\)",
    "\\[", "\\]", "\\", "\\*", "5", "$5", "|", "-", "=", "#", "!", ":", "'", '"', "[a]", "[^1]", "[x](http://y)",
    "\ufdd00\ufdd1", "\x00", "\u2028", "\ud83d", "<i></i>", "{", "}", "^",
)  # fmt: skip
LINES = (
    "\n", "\n\n", "\r\n", "\r", "\n- ", "\n* ", "\n1. ", "\n2) ", "\n  - ", "\n   ", "\n    ", "\n# ", "\n## ",
    "\n> ", "\n>> ", "\n```\n", "\n```py\n", "\n~~~\n", "\n  ```\n", "\n---\n", "\n===\n", "\n***\n",
    "\n| a | b |\n|---|:-:|\n", "\n| c | d |", "\n|", "\n\\[\n", "\n\\]\n", "\n$$\n", "\n[a]: http://z\n",
    "\n[^1]: note\n", "\n- [ ] ", "\n- [x] ", "\n> [!NOTE]\n> ", "\n<div>\n", "\n</div>\n", "\n<script>\n",
    "\nSetext\n===\n",
)  # fmt: skip

markdown = st.lists(st.sampled_from(INLINE + LINES), max_size=40).map("".join)

PIECES = (
    "A **bold** word and `code`, then more of it.", "See [the page](http://x.y/z) or *this*.", "One\ntwo\nthree",
    "# Title", "### Part *two*", "Setext\n---", "- one\n- two **bold**\n  - deep\n- three", "1. first\n2. second",
    "3) a\n\n   more\n\n4) b", "- [ ] open\n- [x] done", "* a\nlazy\n* b", "> quoted\n> text", "> a\nlazy", "---",
    "| a | b |\n|---|--:|\n| 1 | `2` |\n| x | y |", "Figures:\n| a |\n|---|\n| 1 |",
    "Text:\n- a\n- b", "    indented",
    "```python\nx = 1\n\ny = '# no'\n```", "~~~\n- no list\n~~~", "Text\n```\ncode\n```", "a | b",
    "snake_case and 2 * 3", "- item\n\n  ```\n  code\n  ```", "Hello! What? (Yes.)", "日本語 *と* é",
    "costs 5-10 EUR", "end:",
)  # fmt: skip
answers = st.lists(
    st.tuples(st.sampled_from(PIECES), st.sampled_from(("\n\n", "\n\n", "\n\n\n", "\n"))), max_size=8
).map(lambda pieces: "".join(piece + end for piece, end in pieces))
"""Texts as models write them: whole pieces, mostly with a blank line between them."""


@st.composite
def split(draw, texts=markdown):
    """A text and the deltas that it comes in."""
    text = draw(texts)
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=30)))
    places = [0, *cuts, len(text)]
    return text, [text[a:b] for a, b in zip(places, places[1:], strict=False)]
