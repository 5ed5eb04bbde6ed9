"""Parked things are redriven once, also where an operator's command dies and is run again."""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest

from notifications.identity import address_key
from notifications.lifecycle import State
from notifications.order_event import Channel
from notifications.parked import GivenUpBatch, Kind, Letter, Wish
from notifications.parking import ParkedRecord, StreamRecord
from notifications.person import Person
from tests.examples import EMAIL, drafts, payload
from tests.fakes.clock import START as AT
from tests.fakes.parked_store import Died, Doom, FakeDeadLetters, FakeParkedStore, FakeStream
from tests.fakes.world import World, records
from workflows.shelf import DROPPED, REDRIVEN, Shelf
from workflows.shelf_of_batches import ShelfOfBatches
from workflows.shelf_of_letters import ShelfOfLetters
from workflows.shelf_of_notifications import DROPPED as DROPPED_BY_OPERATOR
from workflows.shelf_of_notifications import ShelfOfNotifications
from workflows.shelf_of_records import ShelfOfRecords

FIRST_WAIT = timedelta(minutes=5)


def order(number: int, **changes: Any) -> bytes:
    contact = {"email": f"o-{number}@example.com"}
    names = {"order_id": f"o-{number}", "event_id": f"e-{number}"}
    return payload(**{**names, "channel": "email", "contact": contact} | changes)


def parked(position: int, body: bytes, *, index: int | None = None) -> ParkedRecord:
    return ParkedRecord(
        record=StreamRecord(
            sequence_number=str(position),
            index=index,
            partition_key=f"key-{position}",
            arrived_at=AT,
            payload=body,
        ),
        reason="bug:KeyError",
        detail="",
    )


def told(_: int) -> None:
    """Hear of progress."""


def redrive_all(shelf: Shelf) -> int:
    return shelf.redrive(list(shelf.contents()), told=told)


@dataclass
class Bench:
    """A shelf of records, its store and the stream that it puts them on again."""

    doom: Doom = field(default_factory=Doom)
    store: FakeParkedStore = field(default_factory=FakeParkedStore)
    stream: FakeStream = field(default_factory=FakeStream)
    recounted: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store.doom = self.stream.doom = self.doom

    def records(self) -> ShelfOfRecords:
        return ShelfOfRecords(store=self.store, put=self.stream.put, now=lambda: AT)

    def batches(self) -> ShelfOfBatches:
        return ShelfOfBatches(
            store=self.store, put=self.stream.put, recount=self.recounted.extend, now=lambda: AT
        )


@pytest.fixture
def bench() -> Bench:
    return Bench()


# Records


def test_what_was_parked_is_put_again_as_it_came_in_the_stream_s_order(bench: Bench) -> None:
    bench.store.kept = [parked(109, b"c"), parked(20, b"b", index=1), parked(20, b"a", index=0)]

    assert 3 == redrive_all(bench.records())
    assert [("key-20", b"a"), ("key-20", b"b"), ("key-109", b"c")] == bench.stream.puts
    assert [] == list(bench.records().contents())


def test_a_position_that_was_parked_by_two_invocations_is_listed_once(bench: Bench) -> None:
    bench.store.kept = [parked(101, b"a"), parked(101, b"a"), parked(102, b"b")]

    assert ["101", "102"] == [each.id for each in bench.records().contents()]


def test_what_is_dropped_is_not_listed_any_more_and_not_put_again(bench: Bench) -> None:
    bench.store.kept = [parked(101, b"a"), parked(102, b"b")]
    shelf = bench.records()
    first, _ = shelf.contents()

    assert 1 == shelf.drop([first], told=told)
    assert 1 == redrive_all(shelf)
    assert {"101": DROPPED, "102": REDRIVEN} == bench.store.notes
    assert [b"b"] == [body for _, body in bench.stream.puts]


def test_only_what_an_operator_named_is_meant(bench: Bench) -> None:
    bench.store.kept = [parked(101, b"a"), replace(parked(102, b"b"), reason="conflicting-event")]
    things = list(bench.records().contents())

    def meant(**wish: Any) -> list[str]:
        return [each.id for each in things if Wish(**wish).means(each)]

    assert ["101"] == meant(ids=["101"])
    assert ["102"] == meant(reason="Conflicting")
    assert [] == meant(kinds=[Kind.LETTER])
    assert ["101", "102"] == meant(kinds=[Kind.RECORD], since=AT)
    assert [] == meant(since=AT + timedelta(seconds=1))


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("call", range(6))
def test_a_redrive_that_dies_at_any_call_and_is_run_again_sends_what_was_parked_once(
    world: World, *, call: int, after: bool
) -> None:
    """250 records are parked by a bug; the bug is mended; we die on the way."""
    healthy, world.opening = world.opening, _broken
    world.relay(*(order(n) for n in range(250)))
    world.opening = healthy
    assert (250, 0) == (len(world.parked.kept), len(world.hub.published))
    bench = Bench(doom=Doom(at=call, after=after))
    bench.store.kept = list(world.parked.kept.values())

    with pytest.raises(Died):
        redrive_all(bench.records())
    redrive_all(bench.records())
    world.relay(*(body for _, body in bench.stream.puts), at=1001)
    world.send_published()

    assert {1} == set(world.got().values())
    assert 250 == len(world.got())
    assert [] == list(bench.records().contents())


def _broken(record: StreamRecord) -> Sequence[ParkedRecord]:
    return [ParkedRecord(record=record, reason="bug:KeyError", detail="")]


# Batches


def test_a_batch_that_lambda_gave_up_is_put_again_whole(world: World, bench: Bench) -> None:
    """Half of it had been dealt with before: the marks know."""
    bodies = [order(n) for n in range(4)]
    world.relay(*bodies[:2])
    bench.store.given_up = [
        GivenUpBatch(
            id="b1", key="k", condition="RecordAgeExceeded", at=AT, records=tuple(records(*bodies))
        )
    ]

    assert [("b1", 4)] == [(each.id, each.size) for each in bench.batches().contents()]
    assert 1 == redrive_all(bench.batches())
    relayed = world.relay(*(body for _, body in bench.stream.puts), at=1001)

    assert (2, 2) == (relayed.accepted, relayed.repeated)
    assert [] == list(bench.batches().contents())


def test_given_up_changes_of_the_ledger_are_counted_again_and_not_put_on_the_stream(
    bench: Bench,
) -> None:
    bench.store.given_up = [
        GivenUpBatch(
            id="b2",
            key="k",
            condition="RetryAttemptsExhausted",
            at=AT,
            notification_ids=("n1", "n2"),
        )
    ]

    redrive_all(bench.batches())

    assert ["n1", "n2"] == bench.recounted
    assert [] == bench.stream.puts


def test_a_report_that_holds_nothing_stays_until_it_is_dropped(bench: Bench) -> None:
    """To note it down as redriven would be to lose whatever it was about."""
    report = GivenUpBatch(id="b3", key="k", condition="unreadable", at=None, whole=False)
    bench.store.given_up = [report]

    assert 0 == redrive_all(bench.batches())
    (left,) = bench.batches().contents()
    assert "it holds nothing to redrive" == left.detail
    shelf = bench.batches()
    assert 1 == shelf.drop(list(shelf.contents()), told=told)
    assert [] == list(bench.batches().contents())


# Dead letters


def letter(number: int, body: str) -> Letter:
    return Letter(id=f"m-{number}", body=body, sent_at=AT, handle=f"h-{number}")


def letters_about(world: World) -> FakeDeadLetters:
    """Two notifications, one of them sent meanwhile; and something that nobody understood."""
    waiting, sent = (drafts(order_id=f"o-{n}", channel="email")[0] for n in (1, 2))
    world.enter(waiting, replace(sent, state=State.SENT))
    bodies = [json.dumps({"notification_id": each.id}) for each in (waiting, sent)]
    letters = [letter(n, body) for n, body in enumerate([*bodies, "not ours"])]
    return FakeDeadLetters(waiting={each.id: each for each in letters})


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("call", range(2))
def test_dead_letters_redriven_with_a_death_on_the_way_lead_to_one_message_each(
    world: World, *, call: int, after: bool
) -> None:
    queue = letters_about(world)
    shelf = ShelfOfLetters(letters=queue, ledger=world.ledger, hub=world.hub)
    queue.doom = Doom(at=call, after=after)

    with pytest.raises(Died):
        redrive_all(shelf)
    redrive_all(shelf)
    world.send_published()

    assert {} == queue.waiting
    assert ["o-1"] == [call.notification.order.order_id for call in world.provider.calls]
    assert {"not ours"} == set(queue.sent_back)


def test_a_letter_that_the_hub_did_not_take_stays(world: World) -> None:
    queue = letters_about(world)
    world.hub.takes = lambda _: False

    assert 2 == redrive_all(ShelfOfLetters(letters=queue, ledger=world.ledger, hub=world.hub))
    assert ["m-0"] == list(queue.waiting)


def test_letters_that_were_only_looked_at_are_let_go(world: World) -> None:
    queue = letters_about(world)
    shelf = ShelfOfLetters(letters=queue, ledger=world.ledger, hub=world.hub)
    first, *_ = shelf.contents()

    shelf.drop([first], told=told)
    shelf.let_go()

    assert {"m-1", "m-2"} == queue.waiting.keys()
    assert set() == queue.held & queue.waiting.keys()


# Notifications


@dataclass
class Failures:
    """The fake ledger, dying on the way where it is told to."""

    world: World
    doom: Doom

    def failures(self, state: State, *, day: date) -> Iterator[Any]:
        return self.world.ledger.failures(state, day=day)

    def change(self, changes: Sequence[Any]) -> set[str]:
        changed: set[str] = set()
        self.doom.around(lambda: changed.update(self.world.ledger.change(changes)))
        return changed


def parked_notification(world: World) -> str:
    row = replace(
        drafts(channel="email")[0],
        state=State.PARKED,
        rule="out-of-attempts",
        attempts=12,
        due_at=None,
        closed_at=world.now(),
    )
    world.enter(row)
    return row.id


def shelf_of(world: World, doom: Doom) -> ShelfOfNotifications:
    return ShelfOfNotifications(
        ledger=Failures(world, doom),
        hub=world.hub,
        now=world.now,
        days=lambda: [world.now().date()],
        first_wait=FIRST_WAIT,
    )


@pytest.mark.parametrize(
    "doom", [Doom(), Doom(at=0), Doom(at=0, after=True)], ids=["alive", "before", "after"]
)
def test_a_parked_notification_is_reopened_with_all_its_attempts_and_sent_once(
    world: World, doom: Doom
) -> None:
    """Should we die before publishing, the sweeper finds it due."""
    notification = parked_notification(world)

    with suppress(Died):
        redrive_all(shelf_of(world, doom))
    redrive_all(shelf_of(world, doom))
    world.send_published()
    world.now.turn(FIRST_WAIT)
    world.sweep()
    world.send_published()

    assert (State.SENT, 1) == (world.state(notification), world.row(notification).attempts)
    assert {notification: 1} == world.got()


def test_consent_is_read_again_when_a_notification_is_redriven(world: World) -> None:
    notification = parked_notification(world)
    world.know(Person(key=address_key(EMAIL), refusals={Channel.EMAIL: "complained"}))

    redrive_all(shelf_of(world, Doom()))
    world.send_published()

    assert State.SUPPRESSED is world.state(notification)
    assert {} == world.got()


def test_a_dropped_notification_says_that_it_was_an_operator(world: World) -> None:
    notification = parked_notification(world)
    shelf = shelf_of(world, Doom())

    assert 1 == shelf.drop(list(shelf.contents()), told=told)

    row = world.row(notification)
    assert (State.SUPPRESSED, DROPPED_BY_OPERATOR) == (row.state, row.rule)
    assert [] == list(shelf.contents())
