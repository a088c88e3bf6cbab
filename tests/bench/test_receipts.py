"""What arrived is counted so that nothing missing can look delivered."""

from tests.bench.receipts import Receipts, percentile
from tests.bench.workloads import PARAGRAPH, stamped


def deltas(*numbers: int) -> list[tuple[int, str]]:
    """Each written at 1,000 µs a number and received 250 µs later."""
    return [(number * 1000 + 250, stamped(number, number * 1000)) for number in numbers]


def test_all_deltas_in_order_are_whole():
    receipts = Receipts.of(deltas(0, 1, 2), 3)
    assert receipts.is_whole
    assert receipts.arrived == 3
    assert receipts.delays == [250, 250, 250]


def test_a_delta_that_does_not_arrive_is_missing():
    receipts = Receipts.of(deltas(0, 2), 3)
    assert not receipts.is_whole
    assert (receipts.missing, receipts.arrived) == (1, 2)


def test_the_last_delta_is_missed_too():
    assert Receipts.of(deltas(0, 1), 3).missing == 1


def test_nothing_at_all_is_all_missing():
    assert Receipts.of([], 3).missing == 3


def test_a_delta_that_arrives_twice_makes_up_for_no_other():
    receipts = Receipts.of(deltas(0, 1, 1), 3)
    assert (receipts.missing, receipts.repeated) == (1, 1)


def test_a_delta_of_another_answer_counts_for_none():
    receipts = Receipts.of(deltas(0, 1, 7), 3)
    assert (receipts.missing, receipts.arrived) == (1, 2)


def test_deltas_out_of_order_are_told():
    receipts = Receipts.of(deltas(0, 2, 1), 3)
    assert (receipts.missing, receipts.disordered) == (0, 1)
    assert not receipts.is_whole


def test_deltas_that_come_together_are_each_as_late_as_they_are():
    (_, first), (received, second) = deltas(0, 1)
    assert Receipts.of([(received, first + second)], 2).delays == [1250, 250]


def test_a_delta_in_two_parts_has_arrived_with_its_second():
    (_, text) = deltas(0)[0]
    assert Receipts.of([(10, text[:3]), (90, text[3:])], 1).delays == [90]


def test_a_delta_without_its_end_has_not_arrived():
    (received, text) = deltas(0)[0]
    assert Receipts.of([(received, text[:-2])], 1).missing == 1


def test_paragraphs_end_every_so_many_deltas():
    assert stamped(PARAGRAPH - 1, 5).endswith("\n\n")
    assert stamped(PARAGRAPH, 5).endswith("at5 ")


def test_streams_add_up():
    receipts = Receipts()
    receipts.add(Receipts.of(deltas(0, 1), 2))
    receipts.add(Receipts.of(deltas(1), 2))
    assert (receipts.expected, receipts.missing, len(receipts.delays)) == (4, 1, 3)


def test_a_percentile_is_a_value_that_was_measured():
    values = list(range(100, 0, -1))
    assert [percentile(values, share) for share in (0.5, 0.95, 0.99, 1.0)] == [50, 95, 99, 100]
    assert percentile([7], 0.99) == 7


def test_what_arrived_within_a_time_can_be_counted():
    receipts = Receipts.of(deltas(0, 1, 2), 3)
    begin, *_, last = receipts.times
    assert receipts.within(begin, last) == 2
    assert receipts.within(begin, last + 1) == 3
