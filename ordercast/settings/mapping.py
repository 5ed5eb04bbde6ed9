"""Size the event source mappings of a sender by its rate. Used by the pipeline's queues and `ordercast doctor`.

So that senders do not pull from the queue what they cannot send before they would have to give it
back.
"""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil

ONE_WAVE = timedelta(seconds=15)
"""What a sender must have left to begin a wave of claims: with less it sends nothing at all."""

_WAITS = timedelta(seconds=40)  # for which a sender waits for slots, if its timeout leaves so long
_LARGEST = 100
_UNWINDOWED = 10  # SQS's own limit of a batch without a window


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """How many invocations may run at a time, and of how many messages each is.

    Without a `windowed` batch a message does not wait for others.
    """

    concurrency: int
    batch_size: int
    windowed: bool


def mapping_of(rate: float, *, high: bool, timeout: timedelta) -> Mapping:
    """Return the mapping of a queue whose channel sends *rate* units a second, by its senders' *timeout*.

    A batch is of what goes out in half of the time that there is: the provider may take less than
    the stage says.
    """
    # Two is the least that Lambda takes.
    concurrency = min(50, max(2, ceil(0.3 * rate))) if high else min(1000, max(2, ceil(rate / 50)))
    half = min(_WAITS, timeout - ONE_WAVE).total_seconds() / 2
    largest = _UNWINDOWED if high else _LARGEST
    batch_size = max(1, min(largest, int(half * rate / concurrency)))
    return Mapping(concurrency=concurrency, batch_size=batch_size, windowed=not high)
