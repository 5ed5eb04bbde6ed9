"""Set the visibility timeout of messages to be redelivered. Used by the senders."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

Delay = Callable[[str, Mapping[str, timedelta]], None]
"""Set how long each message (by receipt handle) of a queue (its ARN) stays invisible."""


def redeliver_later(
    records: Sequence[Mapping[str, Any]], waits: Mapping[str, timedelta], delay: Delay
) -> None:
    """Give each message of *waits* (by message id) its own visibility timeout.

    The queue's timeout is made for functions that crash. A batch is of one queue.
    """
    handles = {
        record["receiptHandle"]: waits[record["messageId"]]
        for record in records
        if record["messageId"] in waits
    }
    if handles:
        delay(records[0]["eventSourceARN"], handles)
