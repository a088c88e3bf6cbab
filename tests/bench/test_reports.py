"""Figures stand beside their targets, and one that is missed cannot be overlooked."""

from tests.bench.reports import Figure, Report, table


def test_a_figure_up_to_its_limit_is_met():
    report = Report("Some", figures=[Figure("late", 3.0, 3, "ms"), Figure("lost", 0, 0)])
    assert "met" in str(report)
    assert "MISSED" not in str(report)


def test_a_figure_over_its_limit_is_missed():
    shown = str(Report("Some", figures=[Figure("late", 3.5, 3, "ms")]))
    assert "≤ 3 ms  3.5 ms    MISSED" in shown


def test_a_figure_that_was_not_measured_is_missed():
    figure = Figure("late", None, 3, "ms")
    assert not figure.is_met
    assert Report("Some", figures=[figure]).as_json()["figures"][0]["met"] is False


def test_numbers_stand_under_their_column():
    shown = table([{"of": "site", "deltas": 1500}, {"of": "baseline", "deltas": 20}])
    assert shown.splitlines()[2:] == ["site       1,500", "baseline      20"]
