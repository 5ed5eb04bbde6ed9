"""Put the records of a made-up day, round by round, while its messages arrive. Used by the demo.

An order's next event is put when the messages of its last one are sent: so no message is stale
before it is sent, and the result of each event is certain.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from local_cloud.demo.day import COHORTS, Day, DemoRecord
from local_cloud.demo.shop import Result
from local_cloud.inbox import SentMessage
from ordercast.producer import Producer


@dataclass(slots=True, kw_only=True)
class Play:
    """Puts *day*; `put` are the records so far."""

    day: Day
    plain: Producer
    aggregating: Producer
    put: list[DemoRecord] = field(default_factory=list)
    _rounds: list[int] = field(default_factory=lambda: [0] * COHORTS)
    _due: Counter[int] = field(default_factory=Counter)
    _arrived: Counter[int] = field(default_factory=Counter)
    _said: dict[object, bytes] = field(default_factory=dict)

    @property
    def records(self) -> int:
        """How many records there are in all."""
        return sum(len(each) for cohort in self.day.cohorts for each in cohort)

    def arrived(self, messages: Iterable[SentMessage]) -> None:
        """Count messages that were sent."""
        for message in messages:
            if named := _ORDER.search(f"{message.subject} {message.text}"):
                self._arrived[_cohort(named[0])] += 1

    def go_on(self, now: datetime) -> None:
        """Put every round that is due."""
        for cohort, rounds in enumerate(self.day.cohorts):
            place = self._rounds[cohort]
            if place < len(rounds) and self._arrived[cohort] >= self._due[cohort]:
                self._rounds[cohort] += 1
                self._put(cohort, rounds[place], now)

    def _put(self, cohort: int, records: Iterable[DemoRecord], now: datetime) -> None:
        put = list(records)
        for producer, aggregated in ((self.plain, False), (self.aggregating, True)):
            mine = [each for each in put if each.aggregated is aggregated]
            if mine:
                producer.put_payloads([(each.key, self._payload(each, now)) for each in mine])
        self.put += put
        self._due[cohort] += sum(
            result is not Result.SUPPRESSED for each in put for result in each.promised.values()
        )

    def _payload(self, put: DemoRecord, now: datetime) -> bytes:
        """Return its bytes; an event that is put again is the same to the byte."""
        if put.event is None:
            return put.payload(now)
        return self._said.setdefault(put.event["event_id"], put.payload(now))


_ORDER = re.compile(r"demo-([0-9]+)")


def _cohort(order_id: str) -> int:
    return (int(order_id.rpartition("-")[2]) - 1) % COHORTS
