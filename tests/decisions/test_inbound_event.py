from datetime import timedelta

import pytest
from msgspec.structs import replace

from ordercast.decisions import inbound_event as arriving
from ordercast.decisions.decision import Decision
from ordercast.decisions.inbound_event import (
    CONFLICT,
    InboundEvent,
    first_of_each_event,
    read_inbound_event,
)
from ordercast.events.stream_record import ParkedRecord, StreamRecord
from tests.examples import EMAIL, POLICY, payload
from tests.fakes.clock import START


def record(
    body: bytes | None = None, position: str = "101", index: int | None = None
) -> StreamRecord:
    return StreamRecord(
        sequence_number=position,
        index=index,
        partition_key="o",
        arrived_at=None,
        payload=payload() if body is None else body,
    )


def read(one: StreamRecord) -> InboundEvent | ParkedRecord:
    return read_inbound_event(one, default_currency="USD", policy=POLICY)


def arrived(one: StreamRecord) -> InboundEvent:
    answer = read(one)
    assert isinstance(answer, InboundEvent)
    return answer


def decided(one: InboundEvent) -> Decision:
    return Decision(
        order=one.key[0],
        event=one.key[1],
        verdicts={},
        fingerprint=one.fingerprint,
        position=one.record.position,
        accepted_at=START,
        expires_at=START + timedelta(days=1),
    )


def test_a_record_that_follows_the_contract_has_arrived() -> None:
    one = arrived(record())

    assert ("o-1", "101") == (one.event.order_id, one.record.position)
    assert 2 == len(one.people)


def test_what_does_not_follow_the_contract_is_parked_with_its_reason() -> None:
    one = record(b'{"order_id": {}, "customer_id": "c-1"}')

    assert ParkedRecord(
        record=one,
        reason="malformed-order-event",
        detail='order_id: found an object; taken is text of 1 to 128 characters, such as "1000017"',
    ) == read(one)


def test_what_we_trip_over_is_parked_with_nothing_but_its_type(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The text of an unexpected error may quote the payload."""

    def trip(*_: object, **__: object) -> None:
        raise KeyError(EMAIL)

    monkeypatch.setattr(arriving, "fingerprint", trip)

    assert ParkedRecord(record=record(), reason="bug:KeyError", detail="") == read(record())


def test_the_same_position_is_the_same_record_whatever_it_says_by_then() -> None:
    """It is a retry: a record on the stream does not change."""
    first = arrived(record())
    decision = replace(decided(first), fingerprint="of another way to take it")

    assert first.is_first_of(decision)
    assert not first.conflicts_with(decision)


def test_another_position_with_the_same_content_is_a_repetition() -> None:
    again = arrived(record(payload() + b"\n", position="999"))
    decision = decided(arrived(record()))

    assert not again.is_first_of(decision)
    assert not again.conflicts_with(decision)


def test_another_position_with_other_content_contradicts() -> None:
    other = arrived(record(payload(amount=None), position="999"))

    assert other.conflicts_with(decided(arrived(record())))
    parked = other.parked()
    assert (CONFLICT, other.record) == (parked.reason, parked.record)
    assert parked.detail.startswith("shop, order_id, event_id: another event")


def test_a_contradiction_names_no_field_that_is_not_there() -> None:
    """Without an `event_id`, an event is identified by order, status and time."""
    first, other = (
        arrived(record(payload(event_id=None, amount=amount), position=position))
        for amount, position in ((1.5, "101"), (2.5, "999"))
    )

    assert other.conflicts_with(decided(first))
    assert other.parked().detail.startswith("shop, order_id, status, occurred_at: another event")


def test_the_parts_of_one_aggregate_are_records_of_their_own() -> None:
    first, second = arrived(record(index=0)), arrived(record(payload(items=None), index=1))

    assert second.conflicts_with(decided(first))
    assert not second.is_first_of(decided(first))


def test_an_event_that_comes_twice_is_taken_as_it_came_first() -> None:
    first, again = arrived(record()), arrived(record(position="102"))
    other = arrived(record(payload(event_id="e-2"), position="103"))

    assert [first, other] == list(first_of_each_event([first, again, other]).values())
