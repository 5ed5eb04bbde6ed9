"""How long something took in, the number of its bin out, and percentiles of many bins.

Bins grow by a factor, so that every length of time is known within 1 %: counts of bins can be
added up over hours, countries and templates, and percentiles asked of the sum. Percentiles
themselves are never averaged. The idea is DDSketch's (Masson, Rim, Lee: DDSketch, VLDB 2019).
"""

from collections.abc import Mapping
from datetime import timedelta
from math import ceil, exp, log

NOW = -1
"""The bin of what took no time, or less: two clocks are never quite the same."""


def bin_of(took: timedelta) -> int:
    """Return the bin that a length of time falls into; it is known to the millisecond."""
    millis = took // timedelta(milliseconds=1)
    return ceil(log(millis) / _LOG_FACTOR) if millis > 0 else NOW


def length_of(number: int) -> timedelta:
    """Return the length of time that a bin stands for, within 1 % of all that are in it."""
    if number == NOW:
        return timedelta()
    return timedelta(milliseconds=_MIDDLE * exp(number * _LOG_FACTOR))


def percentile(bins: Mapping[int, int], share: float) -> timedelta | None:
    """Return how long it took at most in that *share* (0 to 1) of the cases; None where none is.

    It is the value whose rank is the share of all, rounded up: of 200, p99 is the 198th.
    """
    rank = max(1, ceil(share * sum(bins.values())))
    for number in sorted(bins):
        rank -= bins[number]
        if rank <= 0:
            return length_of(number)
    return None


# A little finer than 1 %, so that rounding has room.
_ERROR = 0.009
_LOG_FACTOR = log((1 + _ERROR) / (1 - _ERROR))
_MIDDLE = 1 - _ERROR  # from a bin's upper end down to where both ends are as far
