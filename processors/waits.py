"""Messages of a batch that are to come back and after how long in, the queue told so out."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

Delay = Callable[[str, Mapping[str, timedelta]], None]
"""Tell a queue (its ARN) when each message (its receipt handle) is to come back."""


def redeliver_later(
    records: Sequence[Mapping[str, Any]], waits: Mapping[str, timedelta], delay: Delay
) -> None:
    """Give each message of *waits* (by its id) a wait of its own, instead of the queue's time-out.

    That time-out is made for functions that die. A batch is of one queue.
    """
    handles = {
        record["receiptHandle"]: waits[record["messageId"]]
        for record in records
        if record["messageId"] in waits
    }
    if handles:
        delay(records[0]["eventSourceARN"], handles)
