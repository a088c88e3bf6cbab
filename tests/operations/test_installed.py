"""The site from its wheel alone: pages with styles, from any folder, and data outside of the installed package."""

import os
import re
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheels")
    subprocess.run([*BUILD, folder, ROOT], check=True)
    return next(folder.iterdir())


@pytest.fixture(scope="module")
def package(tmp_path_factory, wheel) -> Path:
    """A folder with what the wheel holds, and nothing of this checkout."""
    folder = tmp_path_factory.mktemp("package")
    zipfile.ZipFile(wheel).extractall(folder)
    return folder


@pytest.fixture(scope="module")
def chatsite(tmp_path_factory, wheel, package) -> list[str | Path]:
    """The command of an installed site: in an empty environment if everything is checked, else with our packages."""
    if not os.environ.get("CI"):
        return ["env", f"PYTHONPATH={package}", sys.executable, "-m", "chatsite"]
    programs = tmp_path_factory.mktemp("venv") / "bin"
    subprocess.run([sys.executable, "-m", "venv", programs.parent], check=True)
    subprocess.run([programs / "pip", "install", "--quiet", wheel], check=True)
    return [programs / "chatsite"]


def environment(home: Path) -> dict[str, str]:
    """Of a person who has set nothing."""
    own = ("OPENAI_", "CHATSITE_", "DJANGO_", "XDG_", "PYTHONPATH", "DATABASE_", "REDIS_")
    return {name: value for name, value in os.environ.items() if not name.startswith(own)} | {
        "HOME": str(home)
    }


def test_all_that_pages_are_made_of_is_in_the_wheel(package):
    files = [path for folder in ("templates", "static", "chatsite") for path in (ROOT / folder).rglob("*.*")]
    names = [path.relative_to(ROOT) for path in files if path.is_file() and path.suffix != ".pyc"]
    missing = [
        name for name in names if not (package / name).exists() and not (package / "chatsite" / name).exists()
    ]
    assert len(names) > 100 and missing == []


def test_an_installed_site_has_styles_and_keeps_its_data_in_the_persons_own_folder(chatsite, tmp_path):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    process = subprocess.Popen(
        [*chatsite, "serve", "127.0.0.1:0"],
        cwd=folder,
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        text=True,
    )
    with process.stdout as said:
        url = next(found[1] for line in said if (found := re.match(r"Ready at (\S+)", line)))
        page = urllib.request.urlopen(f"{url}/accounts/login/").read().decode()
        (style, *_) = re.findall(r'href="(/static/css/[^"]+\.css)"', page)
        assert b"@layer" in urllib.request.urlopen(url + style).read()
        process.terminate()
        process.wait(10)
    data = tmp_path / ".local/share/chatsite"
    assert (data / "chatsite.sqlite3").exists() and (data / "secret_key").exists()
    assert not list(folder.iterdir())
