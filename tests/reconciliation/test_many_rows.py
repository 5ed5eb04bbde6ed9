"""Comparing an hour of very many notifications takes no more memory than one of few."""

from tests.reconciliation.many_rows import PAGE, Hour, compared, peak
from tests.sampling import SAMPLED, sampled


def test_an_hour_four_times_as_large_takes_no_more_memory() -> None:
    assert peak(Hour(count=8 * PAGE)) < 1.2 * peak(Hour(count=2 * PAGE))


def test_an_hour_that_is_behind_as_a_whole_is_named_in_part_and_counted_in_full() -> None:
    found = compared(Hour(count=2 * PAGE, behind=PAGE + 7), most=1_000)

    assert (1_000, PAGE + 7 - 1_000) == (len(found.not_yet_counted), found.unlisted)
    assert 2 * PAGE == found.notifications
    assert not found.are_clean


@SAMPLED
def test_however_much_is_behind_memory_has_an_end() -> None:
    count = sampled(3, whole=6) * PAGE
    right, wrong = Hour(count=count), Hour(count=count, behind=count)

    assert peak(wrong) < 2 * peak(right)
