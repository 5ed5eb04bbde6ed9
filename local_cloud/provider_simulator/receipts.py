"""Deliver receipts when they are due, again until they are accepted. Used by `api`."""

import heapq
import itertools
import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, Literal, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from local_cloud.environment import REGION
from local_cloud.event_log import Log
from local_cloud.provider_simulator.emulator_client import EventTopic


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedReceipt:
    """An event for a configuration set, of SES or End User Messaging, or a line of SNS's delivery log for a log group."""

    channel: Literal["sms", "sms-voice", "email"]
    place: str
    region: str = REGION
    document: dict[str, Any]


class ReceiptDestination(Protocol):
    """Accepts receipts: the emulator, or a test's fake."""

    def topics_of(self, configuration_set: str, *, region: str) -> list[EventTopic] | None:
        """Return where the events of a configuration set go."""

    def text_topics_of(self, configuration_set: str, *, region: str) -> list[EventTopic] | None:
        """Return where the events of a configuration set of End User Messaging go."""

    def publish(self, topic_arn: str, messages: list[str], *, region: str) -> list[str]:
        """Publish at most ten messages; return those that it did not accept."""

    def log(self, group: str, stream: str, lines: list[str], *, at_ms: int, region: str) -> None:
        """Append lines to a log group."""


class ReceiptDelivery:
    """Deliver receipts when they are due, from the thread that calls `run`.

    Receipts that are due together go together: ten events in a publish, all lines of a log group
    in one call. A receipt that could not be delivered is tried again, unless its topic does not
    exist.
    """

    def __init__(
        self,
        destination: ReceiptDestination,
        *,
        now: Callable[[], datetime],
        log: Log,
        log_stream: str,
    ) -> None:
        self._destination = destination
        self._now = now
        self._log = log
        self._log_stream = log_stream
        self._order = itertools.count()
        self._due: list[tuple[datetime, int, SimulatedReceipt]] = []
        self._changed = threading.Condition()
        self._failures = 0

    def add(self, receipts: Iterable[tuple[datetime, SimulatedReceipt]]) -> None:
        """Deliver each receipt at its time."""
        with self._changed:
            for due, receipt in receipts:
                heapq.heappush(self._due, (due, next(self._order), receipt))
            self._changed.notify()

    def deliver_due(self) -> None:
        """Deliver what is due now; receipts that fail are due again a little later."""
        due = self._take_due()
        failed: list[SimulatedReceipt] = []
        for group in _together(due):
            try:
                failed += self._deliver(group)
            except (BotoCoreError, ClientError) as error:
                self._log("receipts_delayed", count=len(group), error=type(error).__name__)
                failed += group
        self._failures = self._failures + 1 if failed else 0
        if failed:
            again = self._now() + min(_LAST_WAIT, _FIRST_WAIT * 2 ** min(self._failures, 10))
            self.add((again, receipt) for receipt in failed)

    def run(self) -> None:
        """Deliver for ever."""
        while True:
            with self._changed:
                self._changed.wait(timeout=self._until_due())
                if not self._due or self._due[0][0] > self._now():
                    continue
            # Receipts of a burst come together: one call for many, one invocation for many.
            threading.Event().wait(_GATHERING)
            self.deliver_due()

    def _until_due(self) -> float | None:
        if not self._due:
            return None
        return max(0.0, (self._due[0][0] - self._now()).total_seconds())

    def _take_due(self) -> list[SimulatedReceipt]:
        taken: list[SimulatedReceipt] = []
        now = self._now()
        with self._changed:
            while self._due and self._due[0][0] <= now:
                taken.append(heapq.heappop(self._due)[2])
        return taken

    def _deliver(self, group: list[SimulatedReceipt]) -> list[SimulatedReceipt]:
        """Deliver receipts that go to one place; return those that were not accepted."""
        place, region = group[0].place, group[0].region
        if group[0].channel == "email":
            return self._publish(self._destination.topics_of(place, region=region), group)
        if group[0].channel == "sms-voice":
            return self._publish(self._destination.text_topics_of(place, region=region), group)
        lines = [json.dumps(each.document) for each in group]
        at_ms = int(self._now().timestamp() * 1000)
        self._destination.log(place, self._log_stream, lines, at_ms=at_ms, region=region)
        self._log("sms_receipts_logged", count=len(lines), group=place)
        return []

    def _publish(
        self, topics: list[EventTopic] | None, receipts: list[SimulatedReceipt]
    ) -> list[SimulatedReceipt]:
        failed: list[SimulatedReceipt] = []
        for topic in topics or ():
            wanted = [each for each in receipts if _kind(each.document) in topic.kinds]
            for ten in (wanted[n : n + 10] for n in range(0, len(wanted), 10)):
                by_text = {json.dumps(each.document): each for each in ten}
                try:
                    refused = self._destination.publish(
                        topic.arn, list(by_text), region=receipts[0].region
                    )
                except ClientError as error:
                    if error.response["Error"]["Code"] not in {"NotFound", "NotFoundException"}:
                        raise
                    self._log("events_dropped", count=len(ten), reason="no_such_topic")
                    continue
                failed += [by_text[text] for text in refused]
            self._log("events_published", count=len(wanted), topic=topic.arn)
        return failed


_FIRST_WAIT = timedelta(milliseconds=100)
_LAST_WAIT = timedelta(seconds=5)
_GATHERING = 0.25


def _together(receipts: list[SimulatedReceipt]) -> list[list[SimulatedReceipt]]:
    """Group receipts by where they go; each group keeps its order."""
    where = attrgetter("channel", "region", "place")
    return [list(group) for _, group in itertools.groupby(sorted(receipts, key=where), where)]


def _kind(event: dict[str, Any]) -> str:
    """Return an event's type as a destination's MatchingEventTypes name it."""
    return str(event["eventType"]).upper().replace(" ", "_")
