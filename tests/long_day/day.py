"""Run relay and senders through a long day and list the promises that they broke. Used by the long-day test."""

import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from msgspec.structs import replace

from lambda_event_sources.harness.report import Report
from lambda_event_sources.harness.run import random_durations, run_handler
from lambda_event_sources.recordings import in_order
from lambda_event_sources.streams.in_memory_stream import InMemoryStream
from ordercast.decisions.decision import Decision
from ordercast.events.identity import order_of
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.notifications.status_rank import LatestStatus, status_rank
from ordercast.sending.outcome import Outcome, Outgoing, accepted
from processors import order_relay
from tests.fakes.ledger import FakeLedger
from tests.fakes.provider import FakeProvider
from tests.fakes.world import World
from tests.long_day.story import Story

MAX_AGE = timedelta(hours=6)
"""How old a record becomes before it is given up, as a stage has it: no number of retries ends it."""


@dataclass(slots=True)
class Witness(FakeLedger):
    """A ledger that notes the first decision on each event, and the newest status accepted."""

    decided: dict[Any, Decision] = field(default_factory=dict)
    newest: dict[Any, int] = field(default_factory=dict)
    breaks: list[str] = field(default_factory=list)

    def record_decisions(self, decisions: Sequence[Decision]) -> list[Decision]:
        try:
            return FakeLedger.record_decisions(self, decisions)
        finally:
            for each in decisions:
                key = (each.order, each.event)
                if (
                    key in self.decisions
                    and self.decided.setdefault(key, self.decisions[key]) != (self.decisions[key])
                ):
                    self.breaks.append(f"{key} was decided twice")

    def accept(
        self, notifications: Sequence[Notification], latest_statuses: Sequence[LatestStatus]
    ) -> list[Notification]:
        entered = FakeLedger.accept(self, notifications, latest_statuses)
        # Accepted is what the ledger has answered for: rows without their latest statuses are brought again.
        for latest_status in latest_statuses:
            key = latest_status.order, latest_status.channel
            self.newest[key] = max(latest_status.status_rank, self.newest.get(key, 0))
        return entered

    def check_status(self, row: Notification) -> None:
        """Note a call to a provider that tells old news."""
        stands = status_rank(row.status, row.occurred_at)
        if stands is not None and stands < self.newest.get((order_of(row.id), row.channel), 0):
            self.breaks.append(f"{row.order.order_id} {row.status} is old news")


class Day:
    """A long day: records come, functions fail, shards split, and at its end everything adds up."""

    def __init__(self, *, seed: int, events: int) -> None:
        self.seed = seed
        self.stream = InMemoryStream(shards=2)
        self.story = Story(seed=seed, events=events, stream=self.stream)
        self.ledger = Witness()
        self.world = World(ledger=self.ledger)
        self.world.policy = replace(self.world.policy, cap=1_000_000)
        self.world.provider = FakeProvider(answer=self._send)
        self.chance = Random(seed)  # noqa: S311 - what fails, no secret
        self.invocations = 0
        self.is_troubled = True
        self.sent: Counter[str] = Counter()
        self.report = Report()
        self.redriven = Report()

    def live(self) -> None:
        """Let the day happen, redrive what was given up, and let the sweeper see to the rest."""
        self.report = self._deliver(self.story, stream=self.stream, max_record_age=MAX_AGE)
        self.is_troubled = False
        self._calm()
        parked = [each.failure["payload"] for each in self.report.discards]
        self.redriven = self._redrive(parked)
        for _ in range(20):
            self.world.now.turn(timedelta(hours=1))
            self.world.sweep(limit=100_000)
            self.world.send_published()

    def _redrive(self, payloads: Iterable[str]) -> Report:
        """Deliver again what was given up, as an operator does after a fix: from the bucket's payloads."""
        events = [json.loads(payload) for payload in payloads]
        return self._deliver(in_order(events), stream=InMemoryStream())

    def _deliver(self, items: Iterable[Any], **settings: Any) -> Report:
        return run_handler(
            self._relay,
            items,
            clock=self.world.now,
            duration=random_durations(self.seed, up_to=timedelta(seconds=2)),
            max_batching_window=timedelta(seconds=30),
            parallelization_factor=4,
            bisect_batch_on_error=True,
            **settings,
        )

    def _relay(self, event: dict[str, Any], context: Any) -> Mapping[str, Any]:
        """Relay a batch, with what fails this time; now and then senders send what was published."""
        self.invocations += 1
        self._trouble()
        log: Any = _Silent()
        try:
            return order_relay.respond(
                event,
                self.world.relayer,
                log,
                time_left=lambda: timedelta(milliseconds=context.get_remaining_time_in_millis()),
            )
        finally:
            self._calm()
            if self.chance.random() < 0.3:
                self.world.send_published()

    def _trouble(self) -> None:
        if not self.is_troubled:
            return
        dice = self.chance.random()
        if dice < 0.02:
            self.ledger.unavailable = {
                self.chance.choice(("look_up", "record_decisions", "accept"))
            }
        elif dice < 0.04:
            self.ledger.unheard = {self.chance.choice(("record_decisions", "accept"))}
        elif dice < 0.05:
            self.world.parked.unavailable = True
        # By a checksum: in what order a set is gone through, differs from process to process.
        self.ledger.troubled = lambda *named: self._strikes(named, one_in=20_000)
        self.world.notifications_topic.takes = lambda row: (
            not self._strikes(("takes", row.id), one_in=2_000)
        )
        self.world.notifications_topic.hears = lambda row: (
            not self._strikes(("hears", row.id), one_in=2_000)
        )

    def _strikes(self, named: tuple[Any, ...], *, one_in: int) -> bool:
        return zlib.crc32(repr((self.seed, self.invocations, named)).encode()) % one_in == 0

    def _calm(self) -> None:
        self.ledger.unavailable, self.ledger.unheard = set(), set()
        self.ledger.troubled = lambda *_: False
        self.world.parked.unavailable = False
        self.world.notifications_topic.takes = self.world.notifications_topic.hears = lambda _: True

    def _send(self, message: Outgoing) -> Outcome:
        row = message.notification
        self.ledger.check_status(row)
        self.sent[row.id] += 1
        return accepted(f"message-{row.id}")

    def summary(self) -> str:
        """Count what the day brought, and what became of it."""
        ended = Counter(each.how for each in self.report.invocations)
        states = Counter(str(row.state) for row in self.ledger.rows.values())
        given_up = sum(len(each.records) for each in self.report.discards)
        counts = {**self.story.counts, **ended, **states, "given up": given_up}
        return ", ".join(f"{count} {what}" for what, count in counts.items())

    def wrongs(self) -> list[str]:
        """Say what does not add up."""
        brought = {*self.report.done, *(n for _, names in self.report.discarded for n in names)}
        rows = self.ledger.rows.values()
        ends = {State.SENT, State.SUPPRESSED}
        return [
            *self.ledger.breaks,
            *(f"record {n} is unaccounted for" for n in self.stream.numbers() - brought),
            *(f"{each} was given up again" for each in self.redriven.discarded),
            *_differs("events decided", self.story.events, len(self.ledger.decisions)),
            *_differs(
                "records parked", self.story.counts["malformed"], len(self.world.parked.kept)
            ),
            *(f"{row.id} ended as {row.state}" for row in rows if row.state not in ends),
            *(f"{n} was sent {times} times" for n, times in self.sent.items() if times != 1),
            *_differs("messages sent", len(self.sent), sum(r.state is State.SENT for r in rows)),
        ]

    def digest(self) -> str:
        """Return a fingerprint of all that happened, in order."""
        facts = [
            str(self.report),
            str(self.redriven),
            *(row.id for row in self.world.notifications_topic.published),
        ]
        return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def _differs(what: str, expected: int, actual: int) -> list[str]:
    return [] if expected == actual else [f"{what}: {expected} expected, {actual} found"]


class _Silent:
    """A function's log that nobody reads."""

    def info(self, slug: str, extra: Any) -> None: ...

    def warning(self, slug: str, extra: Any) -> None: ...
