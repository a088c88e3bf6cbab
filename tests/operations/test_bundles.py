"""Stylesheets and scripts with what they import in one file."""

import json
import os
import re

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command

from chatsite.operations.bundles import CannotJoin, join_scripts, join_styles, joined
from chatsite.operations.static_collection import collect_static

SCRIPTS = {
    "js/page.js": 'import "./watch.js";\nimport { add, NAME as title } from "./sums.js";\nadd(1, title);\n',
    "js/watch.js": 'import { add } from "./sums.js";\nadd(2);\n',
    "js/sums.js": "export const NAME = 1;\nconst local = 2;\nexport function add() {}\nexport class Sum {}\n",
}


@pytest.fixture
def collected(settings, tmp_path):
    """The folder of the static files as a start of the site leaves it."""
    settings.STATIC_ROOT = staticfiles_storage.location = tmp_path
    return tmp_path


def delivered(folder) -> dict[str, str]:
    """The hashed names of our own styles and scripts."""
    manifest = json.loads((folder / "staticfiles.json").read_text())["paths"]
    return {name: hashed for name, hashed in manifest.items() if name.startswith(("css/", "js/"))}


def test_each_module_runs_once_and_after_those_that_it_imports():
    text = join_scripts("js/page.js", SCRIPTS)
    assert re.findall(r"^const \$(\w+) = ", text, re.MULTILINE) == ["sums", "watch", "page"]


def test_a_module_sees_only_what_it_imports():
    text = join_scripts("js/page.js", SCRIPTS)
    assert "const { add, NAME: title } = $sums;" in text
    assert "return { NAME, add, Sum };" in text and "local }" not in text


@pytest.mark.parametrize(
    "line",
    [
        'import x from "./sums.js";',
        'import * as sums from "./sums.js";',
        'import { add } from "./sums.js"',
        'export { add } from "./sums.js";',
        "export default 1;",
        "export let count = 0;",
        'const { add } = await import("./sums.js");',
    ],
)
def test_an_import_or_export_of_another_form_is_refused(line):
    with pytest.raises(CannotJoin, match="page.js"):
        join_scripts("js/page.js", SCRIPTS | {"js/page.js": line})


def test_a_name_that_the_other_module_does_not_export_is_refused():
    with pytest.raises(CannotJoin, match="js/page.js imports local, which sums.js does not export"):
        join_scripts(
            "js/page.js", SCRIPTS | {"js/page.js": 'import { NAME as name, local } from "./sums.js";\n'}
        )


def test_modules_that_import_each_other_are_refused():
    circle = {"one.js": 'import "./two.js";\n', "two.js": 'import "./one.js";\n'}
    with pytest.raises(CannotJoin, match="each other: one.js, two.js"):
        join_scripts("one.js", circle)


def test_a_stylesheet_holds_each_import_in_its_layer():
    styles = {"site.css": '@layer a, b;\n@import "one.css" layer(b);\n', "one.css": "p { margin: 0; }\n"}
    assert join_styles("site.css", styles) == "@layer a, b;\n@layer b {\np { margin: 0; }\n}\n"


def test_a_stylesheet_without_a_layer_stands_as_it_is():
    styles = {"site.css": '@import "one.css";\n', "one.css": "p { margin: 0; }\n"}
    assert join_styles("site.css", styles) == "p { margin: 0; }\n\n"


@pytest.mark.parametrize("line", ['@import url("one.css");', '@import "one.css" layer(a) print;'])
def test_an_import_of_styles_of_another_form_is_refused(line):
    with pytest.raises(CannotJoin, match="site.css"):
        join_styles("site.css", {"site.css": f"{line}\n"})


def test_a_file_that_nothing_imports_and_that_imports_nothing_stays_as_it_is():
    assert joined(SCRIPTS | {"js/theme.js": "let theme;\n"}).keys() == {"js/page.js", "js/theme.js"}
    assert joined({"js/theme.js": "let theme;\n"}) == {"js/theme.js": "let theme;\n"}


def test_collected_files_import_nothing(collected):
    collect_static()
    for name in delivered(collected).values():
        assert not re.search(r"^\s*(@?import|export)\b", (collected / name).read_text(), re.MULTILINE), name


def test_collected_files_keep_each_text_with_values_and_no_comment(collected):
    collect_static()
    scripts = "".join((collected / name).read_text() for name in delivered(collected).values())
    sources = "".join(path.read_text() for path in (settings.BASE_DIR / "static/js").glob("*.js"))
    code = re.sub(r"/\*[\s\S]*?\*/|^\s*//.*$", "", sources, flags=re.MULTILINE)
    texts = set(re.findall(r"`[^`]+`", code))
    assert len(texts) > 50 and {text for text in texts if text not in scripts} == set()
    assert not re.search(r"^\s*//|/\*\*", scripts, re.MULTILINE)


def test_collected_styles_keep_every_rule(collected):
    collect_static()
    files = {
        f"css/{path.name}": path.read_text() for path in (settings.BASE_DIR / "static/css").glob("*.css")
    }
    for name, text in joined(files).items():
        hashed = delivered(collected)[name]
        assert (collected / hashed).read_text().count("{") == text.count("{"), name


def test_only_what_pages_name_is_delivered_under_hashed_names(collected):
    collect_static()
    templates = "".join(path.read_text() for path in (settings.BASE_DIR / "templates").rglob("*.html"))
    named = set(re.findall(r"\{% static '((?:css|js)/[^']+)' %\}", templates))
    assert delivered(collected).keys() - {"css/exported.css"} == named


def test_a_file_that_an_interrupted_start_left_torn_is_collected_again(collected):
    (collected / "favicon.svg").write_text("<svg")
    collect_static()
    assert "</svg>" in (collected / "favicon.svg").read_text()


@pytest.mark.parametrize("name", ["css/site.css", "favicon.svg", ".collected"])
def test_a_file_that_a_crash_of_the_machine_left_empty_is_collected_again(collected, name):
    collect_static()
    kept = (collected / name).read_bytes()
    (collected / name).write_bytes(b"")
    collect_static()
    assert (collected / name).read_bytes() == kept != b""


def test_a_list_of_names_that_a_crash_left_torn_is_written_again(collected):
    collect_static()
    (collected / "staticfiles.json").write_text('{"paths": {"css/si')
    collect_static()
    assert delivered(collected)


def test_files_are_collected_from_a_folder_whose_name_is_no_text(collected, settings, tmp_path_factory):
    folder = tmp_path_factory.mktemp("source") / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    (folder / "a.txt").write_text("in Latin-1")
    settings.STATICFILES_DIRS = [folder]
    collect_static()
    assert (collected / "a.txt").read_text() == "in Latin-1"


def test_files_that_are_collected_again_are_joined_again(collected):
    for _ in range(2):
        call_command("collectstatic", interactive=False, verbosity=0)
    assert "@import" not in (collected / "css/site.css").read_text()
