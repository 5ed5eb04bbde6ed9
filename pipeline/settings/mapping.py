"""Size the event source mappings of a sender by its rate. Used by the pipeline's queues.

So that senders do not pull from the queue what they cannot send before they would have to give it
back.
"""

from dataclasses import dataclass
from math import ceil

_HELD = 40  # seconds for which a batch may wait in a sender
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


def mapping_of(rate: float, *, high: bool) -> Mapping:
    """Return the mapping of a queue whose channel sends *rate* units a second."""
    if high:
        concurrency = min(50, max(2, ceil(0.3 * rate)))
        return Mapping(concurrency=concurrency, batch_size=_UNWINDOWED, windowed=False)
    # Two is the least that Lambda takes.
    concurrency = min(1000, max(2, ceil(rate / 50)))
    batch_size = max(1, min(_LARGEST, int(_HELD * rate / concurrency)))
    return Mapping(concurrency=concurrency, batch_size=batch_size, windowed=True)
