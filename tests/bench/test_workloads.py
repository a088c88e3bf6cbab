"""What models' names mean."""

import pytest

from tests.bench.answers import answer, pieces
from tests.bench.workloads import LISTED, Workload, workload


def test_a_name_says_rate_and_length():
    assert workload("bench-50tps-400tok") == Workload(rate=50, count=400)
    assert workload("bench-max-3tok-window500") == Workload(rate=0, count=3, window=500)


def test_a_markdown_answer_is_as_long_as_its_name_says():
    held = workload("bench-800tps-md20k-held")
    assert held == Workload(800, len(pieces(20 * 1024)), 20 * 1024, is_held=True)
    assert "".join(held.delta(number) for number in range(held.count)) == answer(20 * 1024)


def test_its_deltas_are_as_short_as_a_model_s():
    assert 4 < 20 * 1024 / len(pieces(20 * 1024)) < 5


@pytest.mark.parametrize("name", ["gpt-4", "bench-400tok", "bench-50tps", "bench-50tps-400tok-or-so"])
def test_other_names_are_no_workload(name):
    assert workload(name) is None


def test_all_that_is_listed_is_one():
    assert all(map(workload, LISTED))
