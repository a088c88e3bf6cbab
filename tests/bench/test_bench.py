"""`python -m tests.bench` on real processes, in its smallest form."""

import json
import subprocess
import sys

import pytest

from tests.harness.site import ROOT

# As a machine without this package has it.
WITHOUT = """
import runpy, sys
sys.modules[{package!r}] = None
sys.argv = ["tests.bench"]
runpy.run_module("tests.bench", run_name="__main__")
"""


def run(home, *command):
    env = {"CHATSITE_HOME": str(home), "PATH": "/usr/bin:/bin"}
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=env, capture_output=True, text=True, timeout=240
    )


@pytest.fixture(scope="module")
def figures(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    args = ["--streams", "2", "--seconds", "0.4", "--json", home / "figures.json"]
    done = run(home, "-m", "tests.bench", "streams", *map(str, args))
    assert done.returncode == 0, done.stderr
    return done.stdout, json.loads((home / "figures.json").read_text())


def test_the_site_and_the_bare_consumer_carry_every_delta(figures):
    _, result = figures
    rows = [row for row in result["parts"]["streams"]["rows"] if row["deltas/s each"] == 50]
    assert [(row["of"], row["lost"]) for row in rows] == [("baseline", 0), ("site", 0)]
    # About 40 fall into the time that is measured; a busy machine shifts some of them into it or out of it.
    assert all(0 < row["deltas"] < 200 for row in rows)


def test_they_carry_every_delta_as_fast_as_they_come(figures):
    _, result = figures
    rows = [row for row in result["parts"]["streams"]["rows"] if row["deltas/s each"] == "max"]
    assert [(row["of"], row["deltas"], row["lost"]) for row in rows] == [
        ("baseline", 800, 0),
        ("site", 800, 0),
    ]


def test_what_they_cost_is_measured(figures):
    _, result = figures
    for row in result["parts"]["streams"]["rows"]:
        assert 0 < row["CPU ms/delta"] < 100
        assert 0 < row["p50 ms"] <= row["p95 ms"] <= row["p99 ms"]
        assert row["peak MiB"] > 20


def test_the_table_shows_the_same(figures):
    said, result = figures
    assert "Streams: " in said
    assert sum("baseline" in line.split() for line in said.splitlines()) == 2
    assert result["machine"]


def test_a_part_that_is_not_there_is_named(tmp_path):
    done = run(tmp_path, "-m", "tests.bench", "stream")
    assert done.returncode == 1
    assert "There is no part stream; there are streams, whole," in done.stderr


@pytest.mark.parametrize("package", ["uvloop", "httpx_sse", "playwright"])
def test_a_missing_package_is_said_in_one_sentence(tmp_path, package):
    done = run(tmp_path, "-c", WITHOUT.format(package=package))
    assert done.returncode == 1
    assert done.stderr.strip() == f"More packages are needed ({package}): pip install '.[bench]'"
