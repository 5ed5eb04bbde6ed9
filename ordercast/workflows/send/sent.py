"""What became of a sender's batch. Filled by its steps, read by the Lambda function."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from ordercast.notifications.lifecycle import State
from ordercast.sending.outcome import BackPressure


@dataclass(slots=True, kw_only=True)
class Sent:
    """What became of a batch, in notifications; `retry` is the wait before each redelivery.

    `bugs` are the types of exceptions raised, one for each notification that was held back;
    `back_pressure` counts the calls for which the provider took no message, by its reason, and
    `refused` the same by kind; `slots` are those of the bucket that were drawn, and `waited` is how long there was no room for more.
    """

    settled: Counter[State] = field(default_factory=Counter)
    retry: dict[str, timedelta] = field(default_factory=dict)
    bugs: list[str] = field(default_factory=list)
    back_pressure: Counter[str] = field(default_factory=Counter)
    refused: Counter[BackPressure] = field(default_factory=Counter)
    slots: int = 0
    waited: timedelta = timedelta()
    skipped: int = 0
