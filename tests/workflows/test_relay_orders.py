from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from notifications.errors import LedgerUnavailable, ParkingUnavailable
from notifications.lifecycle import State
from notifications.notification import Notification
from notifications.order_event import Channel, OrderEvent
from notifications.routing import Policy, decide
from tests.examples import payload
from tests.fakes.world import World
from workflows import relay_orders as relaying


def order(number: int, channel: str = "email") -> bytes:
    return payload(order_id=f"o-{number}", event_id=f"e-{number}", channel=channel)


def test_an_order_becomes_one_text_and_one_e_mail(world: World) -> None:
    relayed = world.relay(order(1, "both"))

    assert [("o-1", Channel.SMS), ("o-1", Channel.EMAIL)] == world.published()
    assert (1, 0, 0, 2) == (
        relayed.accepted,
        relayed.repeated,
        relayed.parked,
        relayed.published,
    )
    assert () == relayed.undone


def test_an_empty_batch_is_relayed(world: World) -> None:
    assert (0, ()) == (world.relay().accepted, world.relay().undone)


def test_a_malformed_record_is_parked_and_its_neighbours_go_out(world: World) -> None:
    """One bad record costs nobody else their message."""
    relayed = world.relay(order(1), b'{"order_id": 5}', order(3))

    assert ["o-1", "o-3"] == [order_id for order_id, _ in world.published()]
    assert {"102": "malformed-order-event"} == world.parked.reasons
    assert {"102": "order_id: expected `str`, got `int`"} == world.parked.details
    assert (2, 1) == (relayed.accepted, relayed.parked)


def test_a_parked_record_keeps_its_payload(world: World) -> None:
    world.relay(b"\x00\xff not JSON")

    assert b"\x00\xff not JSON" == world.parked.kept["101"].record.payload


def test_a_bug_in_one_record_parks_it_and_says_only_its_type(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text of a surprise may quote the payload, so it stays out."""

    def trip_over_the_second(
        event: OrderEvent, *, policy: Policy, now: datetime
    ) -> list[Notification]:
        if event.order_id == "o-2":
            raise KeyError("+12065550100")
        return decide(event, policy=policy, now=now)

    monkeypatch.setattr(relaying, "decide", trip_over_the_second)
    relayed = world.relay(order(1), order(2), order(3))

    assert {"102": "bug:KeyError"} == world.parked.reasons
    assert {"102": ""} == world.parked.details
    assert (2, 1) == (relayed.accepted, relayed.parked)


def test_records_in_are_accepted_repeated_or_parked_and_no_other(world: World) -> None:
    batch = [order(1), b"", order(1), order(2), b"[]", order(1)]
    relayed = world.relay(*batch)

    assert (2, 2, 2) == (relayed.accepted, relayed.repeated, relayed.parked)
    assert len(batch) == relayed.accepted + relayed.repeated + relayed.parked


def test_a_producer_s_own_retry_in_one_batch_is_one_decision(world: World) -> None:
    world.relay(order(1), order(1))

    assert [("o-1", Channel.EMAIL)] == world.published()


def test_a_batch_that_comes_again_makes_no_second_row(world: World) -> None:
    world.relay(order(1, "both"))
    rows = dict(world.ledger.rows)
    world.now.turn(timedelta(hours=1))
    world.relay(order(1, "both"))

    assert rows == world.ledger.rows


def test_what_is_still_requested_is_published_again(world: World) -> None:
    """We may have died between the ledger and the hub; the sender's claim drops the duplicate."""
    world.hub.takes = lambda _: False
    world.relay(order(1))
    world.hub.takes = lambda _: True
    world.relay(order(1))

    assert [("o-1", Channel.EMAIL)] == world.published()


@pytest.mark.parametrize("state", set(State) - {State.REQUESTED})
def test_what_has_moved_on_is_not_published_again(world: World, state: State) -> None:
    world.relay(order(1))
    world.ledger.rows = {i: replace(row, state=state) for i, row in world.ledger.rows.items()}
    world.hub.published.clear()
    relayed = world.relay(order(1))

    assert [] == world.published()
    assert () == relayed.undone


def test_what_is_suppressed_has_a_row_and_is_not_published(world: World) -> None:
    world.relay(payload(channel=None))

    assert {State.SUPPRESSED} == {row.state for row in world.ledger.rows.values()}
    assert [] == world.published()


def test_nothing_is_published_before_it_is_in_the_ledger(world: World) -> None:
    world.ledger.unavailable = {"enter"}

    with pytest.raises(LedgerUnavailable):
        world.relay(order(1))
    assert [] == world.published()


def test_a_record_that_cannot_be_parked_is_not_let_go(world: World) -> None:
    world.parked.unavailable = True

    with pytest.raises(ParkingUnavailable):
        world.relay(b"", order(1))


def test_a_record_is_undone_while_any_of_its_notifications_is_unpublished(world: World) -> None:
    world.hub.takes = lambda n: n.channel is Channel.EMAIL or n.order.order_id == "o-1"
    relayed = world.relay(order(1, "both"), order(2, "both"), order(3, "email"))

    assert ["102"] == [record.sequence_number for record in relayed.undone]
    assert 4 == relayed.published


def test_every_copy_of_an_unpublished_event_is_undone(world: World) -> None:
    """Otherwise the position reported as done could lie behind the one that is not."""
    world.hub.takes = lambda _: False
    relayed = world.relay(order(1), order(1), b"")

    assert ["101", "102"] == [record.sequence_number for record in relayed.undone]


def test_one_event_id_on_two_orders_is_two_events(world: World) -> None:
    """A producer whose ids start again with each order loses nothing."""
    twice = [payload(order_id="o-1", channel="email"), payload(order_id="o-2", channel="email")]
    relayed = world.relay(*twice)

    assert (2, 0) == (relayed.accepted, relayed.repeated)
    assert [("o-1", Channel.EMAIL), ("o-2", Channel.EMAIL)] == world.published()


def test_a_parked_record_s_reason_and_detail_hold_nothing_of_the_customer(world: World) -> None:
    world.relay(payload(channel="ada@example.com"), payload(contact="+12065550100"))

    told = " ".join([*world.parked.reasons.values(), *world.parked.details.values()])
    assert 2 == len(world.parked.kept)
    assert "ada" not in told
    assert "206555" not in told
