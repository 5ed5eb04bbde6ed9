"""Numbers are shown with a unit, and rounded where that hides nothing."""

from datetime import timedelta
from decimal import Decimal

import pytest

from ordercast.operations.units import dollars, exact, length, percent, rate, sentence, to_the_cent


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "0 ms"),
        (0.85, "850 ms"),
        (2.34, "2.3 s"),
        (59.96, "1.0 min"),
        (3599, "1.0 h"),
        (90 * 60, "1.5 h"),
        (72 * 3600, "3.0 d"),
    ],
)
def test_a_length_of_time_is_shown_in_the_largest_unit_that_it_fills(seconds, written) -> None:
    assert written == length(timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (None, "-"),
        (Decimal(1), "100.0 %"),
        (Decimal(99999) / 100000, "> 99.9 %"),
        (Decimal(0), "0.0 %"),
        (Decimal(1) / 100000, "< 0.1 %"),
        (Decimal(2) / 3, "66.7 %"),
    ],
)
def test_all_and_nothing_are_said_only_where_they_are_meant(share, written) -> None:
    """One failure in a hundred thousand is no 100 %."""
    assert written == percent(share)


def test_dollars_lose_nothing_and_a_column_of_them_can_be_added_up() -> None:
    assert ["12.30000", "0.01002"] == exact([Decimal("12.3"), Decimal("0.01002")])
    assert ["1,000.00"] == exact([Decimal(1000)])
    assert "0.0000001" == dollars(Decimal("1E-7"))


def test_a_sum_is_rounded_to_the_cent_commercially() -> None:
    assert "2,400.13" == to_the_cent(Decimal("2400.125"))


def test_a_rate_is_written_without_a_power_of_ten() -> None:
    assert ["1,000", "0.5", "14"] == [rate(1000), rate(0.5), rate(14.0)]


def test_a_sentence_keeps_the_capitals_that_it_has() -> None:
    assert "Not sent until 09:29 UTC" == sentence("not sent until 09:29 UTC")
