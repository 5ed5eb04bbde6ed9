from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.decisions.drafting import rows
from ordercast.errors import LedgerUnavailable, ParkingUnavailable
from ordercast.events.order_event import Channel, OrderEvent
from ordercast.events.stream_record import ParkedRecord, StreamRecord
from ordercast.notifications.lifecycle import State
from ordercast.pacing.holds import Hold, Scope, Why
from ordercast.sending.send_rules import decide
from ordercast.workflows import record_decisions as marking
from ordercast.workflows import relay_orders as relaying
from tests.examples import EMAIL, paused, payload
from tests.fakes.world import World


def order(number: int, channel: str = "email", **changes: Any) -> bytes:
    return payload(
        **{"order_id": f"o-{number}", "event_id": f"e-{number}", "channel": channel} | changes
    )


def sums(relayed: relaying.Relayed) -> tuple[int, int, int, int]:
    """Return how many records were accepted, repeated, stale and parked."""
    return (relayed.accepted, relayed.repeated, relayed.stale, relayed.parked)


def test_an_order_becomes_one_text_and_one_e_mail(world: World) -> None:
    relayed = world.relay(order(1, "both"))

    assert [("o-1", Channel.SMS), ("o-1", Channel.EMAIL)] == world.published()
    assert (1, 0, 0, 0) == sums(relayed)
    assert (2, ()) == (relayed.published, relayed.undone)


def test_an_empty_batch_is_relayed(world: World) -> None:
    assert (0, ()) == (world.relay().accepted, world.relay().undone)


# Parking


def test_a_malformed_record_is_parked_and_its_neighbours_go_out(world: World) -> None:
    """One bad record costs nobody else their message."""
    relayed = world.relay(order(1), b'{"order_id": [5]}', order(3))

    assert ["o-1", "o-3"] == [order_id for order_id, _ in world.published()]
    assert {"102": "malformed-order-event"} == world.parked.reasons
    assert world.parked.details["102"].startswith("order_id: found a list; taken is text")
    assert (2, 0, 0, 1) == sums(relayed)


NOTHING_HOLDS_IT = pytest.mark.parametrize(
    "value",
    ["1e400", "9" * 5000, r'"\ud83d ada@example.com"'],
    ids=["beyond any float", "five thousand digits", "half a character"],
)


def with_a_hole(hole: str, value: str) -> bytes:
    return order(2, **{hole: "HOLE"}).replace(b'"HOLE"', value.encode())


@NOTHING_HOLDS_IT
@pytest.mark.parametrize("hole", ["order_id", "status"])
def test_a_value_that_nothing_can_hold_is_parked_by_its_field_and_costs_nobody_else(
    world: World, hole: str, value: str
) -> None:
    unusable = with_a_hole(hole, value)
    relayed = world.relay(order(1), unusable, order(3))

    assert ["o-1", "o-3"] == [order_id for order_id, _ in world.published()]
    assert (2, 0, 0, 1) == sums(relayed)
    assert world.parked.details["102"].startswith(f"{hole}: ")
    assert unusable == world.parked.kept["102"].record.payload
    assert not [said for said in (EMAIL, "999", "ada") if said in world.parked.details["102"]]


@NOTHING_HOLDS_IT
@pytest.mark.parametrize("hole", ["amount", "tracking_url"])
def test_such_a_value_in_a_field_that_is_only_shown_is_left_out_with_a_note(
    world: World, hole: str, value: str
) -> None:
    relayed = world.relay(order(1), with_a_hole(hole, value), order(3))

    assert ["o-1", "o-2", "o-3"] == [order_id for order_id, _ in world.published()]
    assert (3, 0, 0, 0) == sums(relayed)
    (note,) = [each for d in world.ledger.decisions.values() for each in d.notes]
    assert str(note).startswith(f"{hole}: left out")
    assert not [said for said in (EMAIL, "999", "ada") if said in str(note)]


def test_a_parked_record_keeps_its_payload(world: World) -> None:
    world.relay(b"\x00\xff not JSON")

    assert b"\x00\xff not JSON" == world.parked.kept["101"].record.payload


def test_a_parked_record_s_reason_and_detail_hold_nothing_of_the_customer(world: World) -> None:
    world.relay(payload(status=["ada@example.com"]), payload(contact="+12065550100"))

    stored = " ".join([*world.parked.reasons.values(), *world.parked.details.values()])
    assert 2 == len(world.parked.kept)
    assert "ada" not in stored
    assert "206555" not in stored


def test_a_bug_in_a_decision_parks_its_event_and_says_only_its_type(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise one event would hold up its shard until it is too old to be brought again."""

    def trip_over_the_second(event: OrderEvent, *args: Any, **kwargs: Any) -> Any:
        if event.order_id == "o-2":
            raise KeyError(EMAIL)
        return decide(event, *args, **kwargs)

    monkeypatch.setattr(marking, "decide", trip_over_the_second)
    relayed = world.relay(order(1), order(2), order(2), order(3))

    assert {"102": "bug:KeyError", "103": "bug:KeyError"} == world.parked.reasons
    assert {""} == set(world.parked.details.values())
    assert (2, 0, 0, 2) == sums(relayed)
    assert 2 == len(world.ledger.decisions)


def test_a_bug_in_a_draft_parks_its_event_and_a_later_delivery_completes_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trip_over_the_second(event: OrderEvent, *args: Any, **kwargs: Any) -> Any:
        if event.order_id == "o-2":
            raise KeyError(EMAIL)
        return rows(event, *args, **kwargs)

    monkeypatch.setattr(relaying, "rows", trip_over_the_second)
    relayed = world.relay(order(1), order(2), order(3))

    assert {"102": "bug:KeyError"} == world.parked.reasons
    assert (2, 0, 0, 1) == sums(relayed)

    monkeypatch.setattr(relaying, "rows", rows)
    world.relay(order(2), at=900)
    assert ["o-1", "o-3", "o-2"] == [order_id for order_id, _ in world.published()]


def test_a_record_that_cannot_be_parked_is_not_let_go(world: World) -> None:
    world.parked.unavailable = True

    with pytest.raises(ParkingUnavailable):
        world.relay(b"", order(1))


def test_what_cannot_be_taken_out_of_its_envelope_is_parked_and_its_parts_are_not(
    world: World,
) -> None:
    """The parts of one record share its number, and each is a record in the sums."""

    def opening(record: StreamRecord) -> list[StreamRecord | ParkedRecord]:
        first, broken, last = (replace(record, index=n) for n in range(3))
        parked = ParkedRecord(record=broken, reason="damaged", detail="")
        return [first, parked, replace(last, payload=order(2))]

    world.opening = opening
    relayed = world.relay(order(1))

    assert {"101.1": "damaged"} == world.parked.reasons
    assert ["o-1", "o-2"] == [order_id for order_id, _ in world.published()]
    assert (2, 0, 0, 1) == sums(relayed)


# Handing over


def test_a_lost_publication_is_made_good_by_the_next_delivery(world: World) -> None:
    """We may have died between the ledger and the topic."""
    world.notifications_topic.takes = lambda _: False
    assert ["101"] == [record.sequence_number for record in world.relay(order(1)).undone]
    world.notifications_topic.takes = lambda _: True
    world.relay(order(1))

    assert [("o-1", Channel.EMAIL)] == world.published()


@pytest.mark.parametrize("state", sorted(set(State) - {State.REQUESTED}))
def test_what_has_moved_on_is_not_published_again(world: World, state: State) -> None:
    world.relay(order(1))
    world.ledger.rows = {i: replace(row, state=state) for i, row in world.ledger.rows.items()}
    world.notifications_topic.published.clear()
    relayed = world.relay(order(1))

    assert [] == world.published()
    assert () == relayed.undone


def test_what_is_suppressed_has_a_row_and_is_not_published(world: World) -> None:
    world.relay(payload(channel=None))

    assert {State.SUPPRESSED} == {row.state for row in world.rows()}
    assert [] == world.published()


@pytest.mark.parametrize("trouble", ["look_up", "record_decisions", "accept"])
def test_nothing_is_published_before_it_is_in_the_ledger(world: World, trouble: str) -> None:
    world.ledger.unavailable = {trouble}

    with pytest.raises(LedgerUnavailable):
        world.relay(order(1))
    assert [] == world.published()


@pytest.mark.parametrize("method", ["record_decisions", "accept"])
def test_a_failure_of_one_of_a_batch_is_made_good_by_its_retry(world: World, method: str) -> None:
    batch = [order(n) for n in range(5)]
    hit = iter([False, False, True])
    world.ledger.troubled = lambda name, _: name == method and next(hit, False)
    with pytest.raises(LedgerUnavailable):
        world.relay(*batch)
    relayed = world.relay(*batch)

    assert (5, 0, 0, 0) == sums(relayed)
    assert sorted(f"o-{n}" for n in range(5)) == sorted({o for o, _ in world.published()})
    assert 5 == len(world.ledger.rows)


def test_a_record_is_undone_while_any_of_its_notifications_is_unpublished(world: World) -> None:
    world.notifications_topic.takes = lambda n: (
        n.channel is Channel.EMAIL or n.order.order_id == "o-1"
    )
    relayed = world.relay(order(1, "both"), order(2, "both"), order(3, "email"))

    assert ["102"] == [record.sequence_number for record in relayed.undone]
    assert 4 == relayed.published


def test_every_copy_of_an_unpublished_event_is_undone(world: World) -> None:
    """Otherwise the position reported as done could lie behind the one that is not."""
    world.notifications_topic.takes = lambda _: False
    relayed = world.relay(order(1), order(1), b"")

    assert ["101", "102"] == [record.sequence_number for record in relayed.undone]


def test_a_batch_of_a_hundred_takes_no_call_more_than_a_batch_of_one(world: World) -> None:
    world.relay(*[order(n) for n in range(100)])

    assert ["look_up", "record_decisions", "accept"] == [method for method, _ in world.ledger.calls]
    assert 1 == len(world.people.calls)


def test_what_a_provider_takes_nothing_of_waits_on_the_ledger_and_in_no_queue(
    world: World,
) -> None:
    """Each would be received once to be held back, and once more to be sent."""
    trouble = Hold(
        why=Why.ACCOUNT, scope=Scope(channel=Channel.EMAIL), by="email-sender", since=world.now()
    )
    world.ledger.hold([trouble, paused(campaign="spring")])
    world.relay(order(1, "both", campaign="spring"), order(2))

    assert [Channel.SMS] == [row.channel for row in world.notifications_topic.published]
    mails = [row for row in world.rows() if row.channel is Channel.EMAIL]
    assert {(State.DEFERRED, trouble.id)} == {(row.state, row.held_by) for row in mails}
    assert all(row.due_at and row.due_at >= world.now() + world.send_within for row in mails)

    world.ledger.let_go({trouble.id}, at=world.now())
    world.sweep()
    assert 2 == len(world.notifications_topic.published)
