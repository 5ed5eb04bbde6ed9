import random
from collections import Counter
from datetime import timedelta
from math import ceil

import pytest

from ordercast.rollups.latency import NOW, bin_of, length_of, percentile


def millis(number: float) -> timedelta:
    return timedelta(milliseconds=number)


@pytest.mark.parametrize("took", [1, 2, 3, 10, 99, 1000, 12_345, 3_600_000, 72 * 3_600_000])
def test_every_length_of_time_is_known_within_one_percent(took: int) -> None:
    assert took == pytest.approx(length_of(bin_of(millis(took))) / millis(1), rel=0.01)


def test_what_took_no_time_or_less_is_kept_apart() -> None:
    """Two clocks are never quite the same."""
    assert NOW == bin_of(millis(0)) == bin_of(millis(-40))
    assert timedelta() == length_of(NOW)


@pytest.mark.parametrize("share", [0.01, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0])
def test_percentiles_of_sums_are_within_one_percent_of_the_true_ones(share: float) -> None:
    """Of two hours together, and not an average of theirs."""
    chance = random.Random(7)  # noqa: S311 - foreseeable on purpose
    quiet = [chance.lognormvariate(6, 0.5) + 1 for _ in range(4_000)]
    busy = [chance.lognormvariate(9, 1.5) + 1 for _ in range(1_000)]
    bins = Counter(bin_of(millis(each)) for each in quiet)
    bins += Counter(bin_of(millis(each)) for each in busy)

    true = sorted(quiet + busy)[ceil(share * 5_000) - 1]

    found = percentile(bins, share)
    assert found is not None
    assert true == pytest.approx(found / millis(1), rel=0.01)


def test_of_nothing_there_is_no_percentile() -> None:
    assert percentile({}, 0.5) is None
