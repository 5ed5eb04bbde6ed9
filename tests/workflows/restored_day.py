"""Live days on which the ledger is lost at any moment and restored. Used by tests of the restoring."""

import random
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

import pytest
from msgspec.structs import replace

from ordercast.errors import LedgerUnavailable
from ordercast.events.stream_record import StreamRecord
from ordercast.notifications.lifecycle import OUT_OF_OUR_HANDS, State
from ordercast.wiring.relay import RelayPorts, relay_orders
from ordercast.workflows.relay_orders import Relayed
from ordercast.workflows.replay_into_ledger import ReplayedLedger
from ordercast.workflows.restore_ledger import RestoreLedger
from tests.examples import payload, person, quiet_for
from tests.fakes.ledger import FakeLedger
from tests.fakes.services import RECEIPT_TIMEOUT
from tests.fakes.world import World

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@dataclass
class Day:
    """Orders on a stream, and all that the pipeline does about them; the ledger may be lost."""

    world: World = field(default_factory=World)
    stream: list[StreamRecord] = field(default_factory=list)
    relayed: int = 0
    backup: FakeLedger | None = None
    restored_to: datetime | None = None
    lost_at: datetime | None = None
    sent_before: Counter[str] = field(default_factory=Counter)
    entered_before: set[str] = field(default_factory=set)
    relay_waits: ClassVar[bool] = True

    def put(self, **changes: object) -> None:
        number = len(self.stream) + 1
        named = {"order_id": f"o-{number}", "event_id": f"e-{number}"} | changes
        self._put(payload(occurred_at=None, **named))

    def put_again(self, number: int) -> None:
        """Put an event once more, as a shop does that got no answer."""
        self._put(self.stream[number].payload)

    def _put(self, written: bytes) -> None:
        record = StreamRecord(
            sequence_number=str(1001 + len(self.stream)),
            partition_key="o",
            arrived_at=self.world.now(),
            payload=written,
        )
        self.stream.append(record)

    def relay(self, *, checkpoint: bool = True) -> None:
        new = self.stream[self.relayed :]
        if new:
            self.world.relayer(new)
            self.relayed += len(new) * checkpoint

    def back_up(self) -> None:
        self.backup, self.restored_to = deepcopy(self.world.ledger), self.world.now()

    def lose(self) -> None:
        """Put the ledger as it was in place of the one that there is; customers are in a table of their own."""
        assert self.backup
        ledger = self.world.ledger
        self.sent_before, self.entered_before = self.world.got(), set(ledger.rows)
        for name in ("rows", "decisions", "latest_statuses", "holds", "opened"):
            setattr(ledger, name, getattr(self.backup, name))
        self.lost_at = self.world.now()
        self.world.now.turn(MINUTE)

    @property
    def restore(self) -> RestoreLedger:
        world = self.world
        return RestoreLedger(
            ledger=world.ledger,
            receipt_logs=world.receipt_logs,
            merge=world.merge,
            receipt_timeout=RECEIPT_TIMEOUT,
            by="ada",
            now=world.now,
        )

    def begin(self) -> int:
        assert self.lost_at
        assert self.restored_to
        return self.restore.begin(lost_at=self.lost_at, restored_to=self.restored_to)

    def replay(self) -> None:
        assert self.lost_at
        assert self.restored_to
        past = [each for each in self.stream if each.arrived_at and each.arrived_at <= self.lost_at]
        self.restore.replay([past], self._relay, restored_to=self.restored_to)

    def _relay(self, records: Sequence[StreamRecord], at: datetime) -> Relayed:
        world = self.world
        ledger = ReplayedLedger(ledger=world.ledger, now=lambda: at)
        ports = RelayPorts(
            ledger=ledger,
            people=world.people,
            notifications_topic=ledger,
            parked=world.parked,
            send_within=lambda _: world.send_within,
            now=lambda: at,
        )
        return relay_orders(ports, world.policy, default_currency="USD")(records)

    def go_on(self, hours: int) -> None:
        """Let the pipeline work for so long."""
        for _ in range(hours):
            self.world.now.turn(HOUR)
            self.relay()
            self.world.send_published()
            self.world.sweep_receipts()
            self.world.sweep()
            self.world.send_published()


def restored(seed: int, *, unheard: bool = False) -> Day:
    """Return a day on which the ledger was lost at any moment, and then was restored.

    With *unheard* some senders died between the call and their first write.
    """
    chance = random.Random(seed)  # noqa: S311
    day = Day()
    day.world.policy = replace(day.world.policy, cap=1000)
    if chance.random() < 0.3:
        asleep = quiet_for(timedelta(minutes=chance.randrange(10, 90)), since=day.world.now())
        day.world.know(person(quiet=asleep))
    steps = chance.randrange(6, 30)
    loss_of = sorted(chance.sample(range(steps), 2))
    for step in range(steps):
        if step == loss_of[0]:
            day.back_up()
        if step == loss_of[1]:
            break
        work(day, chance, unheard=unheard)
    day.lose()
    day.begin()
    while_restoring(day, chance)
    day.replay()
    return day


def work(day: Day, chance: random.Random, *, unheard: bool) -> None:
    """Do a few minutes of the day, each part of it or not."""
    world = day.world
    for _ in range(chance.randrange(3)):
        day.put(channel=chance.choice(["sms", "email", "both"]), customer_id="c-1")
    if chance.random() < 0.7:
        day.relay(checkpoint=chance.random() < 0.8)
    if chance.random() < 0.6:
        dies = unheard and chance.random() < 0.3
        world.receipt_logs.unavailable = {"join"} if dies else set()
        world.ledger.unavailable = {"settle"} if dies or chance.random() < 0.2 else set()
        with suppress(LedgerUnavailable):
            world.send_published()
        world.receipt_logs.unavailable, world.ledger.unavailable = set(), set()
    if chance.random() < 0.4:
        world.sweep_receipts()
        world.sweep()
    world.now.turn(MINUTE * chance.randrange(1, 9))


def while_restoring(day: Day, chance: random.Random) -> None:
    """Let everything run on the restored ledger before the stream is replayed; shops repeat events."""
    for _ in range(chance.randrange(4)):
        day.put()
        if chance.random() < 0.5:
            day.put_again(chance.randrange(len(day.stream)))
        expected = pytest.raises(LedgerUnavailable, match="replayed first")
        with expected if day.relay_waits else nullcontext():
            day.relay()
        day.world.send_published()
        day.world.sweep_receipts()
        day.world.sweep()
        day.world.now.turn(MINUTE * 10)


def is_right(day: Day) -> None:
    """Tell that nothing was sent again, and that each notification of before has an end."""
    got = day.world.got()
    again = {i for i in day.sent_before if got[i] > max(1, day.sent_before[i])}
    assert set() == again
    assert set() == day.entered_before - day.world.ledger.rows.keys()
    open_still = {
        i
        for i in day.entered_before
        if day.world.state(i) not in OUT_OF_OUR_HANDS | {State.IN_DOUBT}
    }
    assert set() == open_still
