"""The stylesheets: every rule and token is used, each class has one meaning, and each file is loaded."""

import re
from collections import Counter
from pathlib import Path

from pygments.token import STANDARD_TYPES

ROOT = Path(__file__).resolve().parent.parent
STYLES = {path.name: path.read_text() for path in sorted((ROOT / "static/css").glob("*.css"))}
# Where the names of classes and elements come from.
MARKUP = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("static/js/*.js"), *ROOT.glob("chatsite/**/*.py")]
DJANGOS = {"errorlist"}
# Their names are made from numbers.
OF_SIZES = re.compile(r"(?:size|space-left|space-right)-\d+")


def classes(name: str) -> set[str]:
    """The classes that a stylesheet has rules for."""
    rules = re.sub(r"/\*.*?\*/", "", STYLES[name], flags=re.DOTALL)
    return set(re.findall(r"\.([a-z][\w-]*)", rules))


def test_every_class_with_a_rule_is_used():
    used = set(re.findall(r"[\w-]+", "".join(path.read_text() for path in MARKUP)))
    unused = set().union(*map(classes, STYLES)) - used - DJANGOS - set(STANDARD_TYPES.values())
    assert [name for name in sorted(unused) if not OF_SIZES.fullmatch(name)] == []


def test_a_class_of_formulas_or_code_is_no_class_of_the_page():
    named = Counter(each for name in STYLES for each in classes(name))
    apart = classes("formulas.css") | classes("highlighting.css")
    assert {each for each in apart if named[each] > 1} <= {"prose", "right"}


def test_every_token_is_used_and_defined():
    tokens = set(re.findall(r"^ +(--[\w-]+):", STYLES["tokens.css"], re.MULTILINE))
    used = set(re.findall(r"var\((--[\w-]+)", "".join(STYLES.values())))
    assert used - {"--keyboard", "--stroke"} == tokens


def test_every_stylesheet_is_imported_once():
    imported = re.findall(r'@import "(.*?)"', STYLES["site.css"])
    assert sorted([*imported, "site.css", "answers.css", "shared.css", "exported.css"]) == list(STYLES)


def test_all_styles_of_the_chat_are_in_layers():
    imports = re.findall(r"^@import.*", "".join(STYLES.values()), re.MULTILINE)
    assert [each for each in imports if " layer(" not in each] == []


def test_every_stylesheet_of_the_admin_is_imported_once():
    styles = {path.name: path.read_text() for path in (ROOT / "static/css/admin").glob("*.css")}
    assert sorted(["admin.css", *re.findall(r'@import "(.*?)"', styles["admin.css"])]) == sorted(styles)


def test_only_tokens_name_colours():
    for name in STYLES.keys() - {"tokens.css", "sidebar.css"}:
        assert not re.search(r"#[0-9a-f]{3,8}\b|\b(?:rgb|oklch|hsl)\(", STYLES[name]), name
