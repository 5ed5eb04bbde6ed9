"""Play a seeded day on the ledger with duplicates, disorder and crashes, and count it. Used by the rollup tests."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from random import Random
from typing import Any

from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.gateways.ledger.items import write
from ordercast.gateways.ledger.stream_changes import newest, rollup_input_of
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.rollups.rollup import RollupInput
from tests.examples import notification
from tests.fakes.clock import START
from tests.fakes.ledger import FakeLedger
from tests.fakes.rollups import FakeRollups
from tests.fakes.world import World
from tests.lines import change
from tests.workflows.receipts.receipts_in_any_order import case, play, shuffled

NOTIFICATIONS = 9
STORIES = 400  # that the notifications of a day are drawn from
SHARDS, LANES = 3, 2

TracedRecords = list[Mapping[str, Any]]
Counting = Callable[[Iterable[RollupInput]], frozenset[str]]
"""Lines in, the ids that could not be counted out."""


class Crash(Exception):
    """The function ended in the middle."""


@dataclass(slots=True)
class FakeRollupInputs:
    """The ledger as it stands, as far as it counts."""

    rows: dict[str, RollupInput] = field(default_factory=dict)

    def rollup_inputs(self, ids: Iterable[str]) -> dict[str, RollupInput]:
        return {i: self.rows[i] for i in ids if i in self.rows}


@dataclass(slots=True)
class Day:
    """What happened on the ledger; `lanes` are the stream's, each in the order of its items."""

    chance: Random
    ledger: FakeRollupInputs = field(default_factory=FakeRollupInputs)
    lanes: dict[int, TracedRecords] = field(default_factory=dict)

    def __post_init__(self) -> None:
        stories = [self._story(number) for number in range(1, NOTIFICATIONS + 1)]
        numbers = iter(range(100, 10_000))
        while any(stories):
            story = self.chance.choice([each for each in stories if each])
            row = story.pop(0)
            lane = hash_of(row.id) % (SHARDS * LANES)
            self.lanes.setdefault(lane, []).append(change(row, at=next(numbers)))
            self.ledger.rows[row.id] = rollup_input_of(write(row))

    def _story(self, number: int) -> list[Notification]:
        """Return each version of a row: mostly as senders, receipts and the sweeper wrote it.

        One in four goes through states in any order, those that no message brings about among them.
        """
        effective_at = START + timedelta(hours=self.chance.randrange(2))
        country = self.chance.choice(["US", "SE", None])
        lived = self.chance.random() < 0.75
        rows = lived_through(self.chance.randrange(STORIES)) if lived else self._made_up(number)
        return [
            replace(row, id=_example(number).id, effective_at=effective_at, country=country)
            for row in rows
        ]

    def _made_up(self, number: int) -> list[Notification]:
        rows = [_example(number)]
        for version in range(2, self.chance.randrange(2, 8)):
            state = self.chance.choice(list(State))
            rule = self.chance.choice(["cap", "stale", None])
            rows.append(replace(rows[-1], version=version, state=state, rule=rule))
        return rows


@dataclass(slots=True)
class Deliveries:
    """Bring a day's records to whoever counts: again, in another order, side by side, or never.

    `losing` is the share of records that are withheld for good. `waiting` is what has still to
    come; a lane that ends in the middle begins again from where it was, or from further back.
    """

    day: Day
    rollups: FakeRollups
    counting: Counting
    losing: float = 0.0
    done: dict[int, int] = field(default_factory=dict)
    inside: bool = False

    def __post_init__(self) -> None:
        for lane, records in self.day.lanes.items():
            kept = [r for r in records if self.chance.random() >= self.losing]
            self.day.lanes[lane] = kept
        self.rollups.before = self._before
        self.rollups.after = lambda: self._crash(0.05)

    @property
    def chance(self) -> Random:
        return self.day.chance

    def run(self) -> None:
        """Go on until every lane is through."""
        while lanes := [i for i, r in self.day.lanes.items() if self.done.get(i, 0) < len(r)]:
            self._turn(self.chance.choice(lanes))
        self.rollups.before = self.rollups.after = lambda: False

    def _turn(self, lane: int) -> None:
        begin = self.done.get(lane, 0)
        if self.chance.random() < 0.2:  # brought again from further back
            begin = self.chance.randrange(begin + 1)
        batch = self.day.lanes[lane][begin : begin + self.chance.randrange(1, 8)]
        if self.chance.random() < 0.1:
            self.chance.shuffle(batch)
        changes = newest(batch)
        try:
            undone = self.counting(rollup_input_of(each.image) for each in changes.values())
        except Crash:
            return
        again = [int(changes[i].sequence_number) for i in undone]
        through = [r for r in batch if not again or _number(r) < min(again)]
        self.done[lane] = max(self.done.get(lane, 0), begin + len(through))

    def _before(self) -> bool:
        """Let another lane, or the same records once more, come between reading and writing."""
        if not self.inside and self.chance.random() < 0.2:
            self.inside = True
            self._turn(self.chance.choice(list(self.day.lanes)))
            self.inside = False
        return self._crash(0.1)

    def _crash(self, often: float) -> bool:
        """End the function, or tell of trouble, or neither."""
        if self.chance.random() < often / 2:
            self.inside = False
            raise Crash
        return self.chance.random() < often


def hash_of(notification_id: str) -> int:
    """Spread ids as Lambda does partition keys, the same way every time."""
    return sum(map(ord, notification_id))


def _number(record: Mapping[str, Any]) -> int:
    return int(record["dynamodb"]["SequenceNumber"])


@cache
def lived_through(seed: int) -> Sequence[Notification]:
    """Return a row's versions, from its entry to its end: up to three attempts and their receipts."""
    chance = Random(seed)  # noqa: S311 - a seeded story
    facts = case(chance, list(Channel)[seed % 2])
    versions = Versions()
    world = World(resend_email_after=None, ledger=FakeLedger(rows=versions))
    play(world, facts, shuffled(chance, facts))
    return versions.written


class Versions(dict[str, Notification]):
    """The rows of a ledger, which remember each version that was written."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[Notification] = []

    def setdefault(self, key: str, default: Notification) -> Notification:
        self[key] = self.get(key, default)
        return self[key]

    def __setitem__(self, key: str, row: Notification) -> None:
        super().__setitem__(key, row)
        self.written.append(row)


@cache
def _example(number: int) -> Notification:
    return notification(number)
