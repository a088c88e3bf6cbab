"""Regular expressions use only what every supported Python reads right."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = [path for folder in ("chatsite", "tests") for path in sorted((ROOT / folder).rglob("*.py"))]
NO_REPEAT = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
"""What may hold `+` after `*` without being a repeat: an escape, a set of characters."""
POSSESSIVE = re.compile(r"[*+?}]\+|\(\?>")


def is_possessive(pattern: str) -> bool:
    """Whether a pattern has possessive repeats or atomic groups: Python before 3.11.5 matches them wrongly."""
    return POSSESSIVE.search(NO_REPEAT.sub("x", pattern)) is not None


def strings(tree: ast.AST) -> list[str]:
    """The strings of a file; a value inside an f-string is shown as 0."""
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            found.append(
                "".join(part.value if isinstance(part, ast.Constant) else "0" for part in node.values)
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            found.append(node.value)
    return found


def uses_patterns(tree: ast.AST) -> bool:
    return any(isinstance(node, ast.Import) and node.names[0].name == "re" for node in ast.walk(tree))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_pattern_has_no_possessive_repeat_and_no_atomic_group(path):
    tree = ast.parse(path.read_text())
    if uses_patterns(tree) and path.name != Path(__file__).name:
        assert [text for text in strings(tree) if is_possessive(text)] == []


@pytest.mark.parametrize("pattern", ["a++", "a*+b", "a?+", "(?:a|b){1,5}+", "(?>a)", r"[ \t]*+x"])
def test_a_possessive_pattern_is_found(pattern):
    assert is_possessive(pattern)


@pytest.mark.parametrize("pattern", ["[-*+]", r"\++", r"a\*+", r"[\w*+/=-]{24,}", "a+", "[]*+]"])
def test_a_pattern_with_a_plus_sign_is_no_possessive_one(pattern):
    assert not is_possessive(pattern)
