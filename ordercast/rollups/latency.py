"""Keep latencies in a histogram, and read percentiles from it. Used by rollups and statistics.

Bins grow by a factor, so every duration is known within 1 %. Bins are added up over hours,
countries and templates, and percentiles are read from the sum, never averaged. The idea is DDSketch's (Masson, Rim, Lee: DDSketch, VLDB 2019).
"""

from collections.abc import Mapping
from datetime import timedelta
from math import ceil, exp, log

NOW = -1
"""The bin of durations of 0 or less, which two differing clocks can make."""


def bin_of(took: timedelta) -> int:
    """Return the bin of a duration, which is taken in whole milliseconds."""
    millis = took // timedelta(milliseconds=1)
    return ceil(log(millis) / _LOG_FACTOR) if millis > 0 else NOW


def length_of(number: int) -> timedelta:
    """Return the duration that a bin stands for, within 1 % of all durations in it."""
    if number == NOW:
        return timedelta()
    return timedelta(milliseconds=_MIDDLE * exp(number * _LOG_FACTOR))


def percentile(bins: Mapping[int, int], share: float) -> timedelta | None:
    """Return the percentile *share* (0 to 1) of a histogram; None if it is empty.

    It is the value whose rank is the share of all, rounded up: of 200, p99 is the 198th.
    """
    rank = max(1, ceil(share * sum(bins.values())))
    for number in sorted(bins):
        rank -= bins[number]
        if rank <= 0:
            return length_of(number)
    return None


# A little finer than 1 %, to leave room for rounding.
_ERROR = 0.009
_LOG_FACTOR = log((1 + _ERROR) / (1 - _ERROR))
_MIDDLE = 1 - _ERROR  # from a bin's upper end down to where both ends are as far
