"""Each event counts once as decided, and as late if that was more than a minute after its arrival."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from msgspec.structs import replace as with_changes

from ordercast.decisions.decision import Decision
from ordercast.events.stream_record import StreamRecord
from ordercast.workflows.relay_orders import PROMPT
from tests.examples import payload
from tests.fakes.clock import START
from tests.fakes.ledger import FakeLedger
from tests.fakes.world import World, records


def arrived(ago: timedelta, *payloads: bytes, at: int = 101) -> Sequence[StreamRecord]:
    return [with_changes(each, arrived_at=START - ago) for each in records(*payloads, at=at)]


def order(number: int) -> bytes:
    return payload(order_id=f"o-{number}", event_id=f"e-{number}", channel="email")


@pytest.mark.parametrize(
    ("ago", "late"), [(PROMPT, 0), (PROMPT + timedelta(milliseconds=1), 3), (timedelta(), 0)]
)
def test_an_event_is_late_a_minute_after_its_arrival_parked_or_not(
    world: World, ago: timedelta, late: int
) -> None:
    relayed = world.relayer(arrived(ago, order(1), b"{broken", order(3)))

    assert (3, late) == (relayed.decided, relayed.late)


def test_what_was_decided_before_is_not_counted_again(world: World) -> None:
    """A batch that comes again after an hour would else be an hour late."""
    batch = arrived(timedelta(), order(1), order(2))
    world.notifications_topic.takes = lambda n: n.order.order_id != "o-2"
    first = world.relayer(batch)
    world.notifications_topic.takes = lambda _: True
    world.now.turn(timedelta(hours=1))

    again = world.relayer([*batch, replace_position(batch[0], "201")])

    assert ((2, 0), (0, 0)) == ((first.decided, first.late), (again.decided, again.late))


def test_how_long_the_decision_takes_counts(world: World, monkeypatch) -> None:
    """What is measured is when it was recorded, not when the batch came."""
    record = FakeLedger.record_decisions

    def slowly(ledger: FakeLedger, decisions: Sequence[Decision]) -> Sequence[Decision]:
        world.now.turn(PROMPT + timedelta(seconds=1))
        return record(ledger, decisions)

    monkeypatch.setattr(FakeLedger, "record_decisions", slowly)

    assert 1 == world.relayer(arrived(timedelta(), order(1))).late


def replace_position(record: StreamRecord, position: str) -> StreamRecord:
    return with_changes(record, sequence_number=position)
