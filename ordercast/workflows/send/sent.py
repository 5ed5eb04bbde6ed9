"""What became of a sender's batch. Filled by its steps, read by the Lambda function."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from msgspec import Struct, field

from ordercast.notifications.lifecycle import State
from ordercast.sending.outcome import BackPressure, Outcome


class Sent(Struct, kw_only=True):
    """What became of a batch, in notifications; `retry` is the wait before each redelivery.

    `bugs` are the types of exceptions raised, one for each notification that was held back;
    `back_pressure` counts the calls for which the provider took no message, by its reason, and
    `refused` the same by kind; `slots` are those of the bucket that were drawn, and `waited` is how long there was no room for more.
    `processing` has, for each call that the provider judged, the time from its wave's start to the
    answer, but for the wait for its slot; `errors` of these calls did not take their message.
    """

    settled: Counter[State] = field(default_factory=Counter)
    retry: dict[str, timedelta] = field(default_factory=dict)
    bugs: list[str] = field(default_factory=list)
    back_pressure: Counter[str] = field(default_factory=Counter)
    refused: Counter[BackPressure] = field(default_factory=Counter)
    slots: int = 0
    waited: timedelta = timedelta()
    skipped: int = 0
    processing: list[timedelta] = field(default_factory=list)
    errors: int = 0

    def measure(self, outcomes: Iterable[Outcome], *, before: timedelta) -> None:
        """Add a wave's calls; *before* is from its start to the first of them."""
        for each in outcomes:
            if each.judged and each.took is not None:
                self.processing.append(before + each.took)
                self.errors += each.message_id is None
