"""Parse a stream record into an event, or park it with a reason. Used by the order relay."""

from collections.abc import Iterable

from msgspec import Struct

from ordercast.decisions.audience import Policy, people_in
from ordercast.decisions.decision import Decision, fingerprint
from ordercast.decisions.lookup import DecisionKey
from ordercast.errors import Rejected
from ordercast.events.identity import event_hash, known_by, order_hash
from ordercast.events.order_event import OrderEvent
from ordercast.events.parse import parse_order_event
from ordercast.events.stream_record import ParkedRecord, StreamRecord

CONFLICT = "conflicting-event"


class InboundEvent(Struct, frozen=True, kw_only=True):
    """One usable record and its event.

    *key* is the key of the event's decision; *people* are the keys of the records it depends on.
    """

    record: StreamRecord
    event: OrderEvent
    key: DecisionKey
    people: frozenset[str]
    fingerprint: str

    def is_first_of(self, decision: Decision) -> bool:
        """Tell whether *decision* was made for this very record: it is a retry, not a repetition."""
        return decision.position == self.record.position

    def conflicts_with(self, decision: Decision) -> bool:
        """Tell whether another record used the same id for other content."""
        return not self.is_first_of(decision) and decision.fingerprint != self.fingerprint

    def parked(self) -> ParkedRecord:
        """Return the record, parked because it contradicts the stored decision."""
        same = ", ".join(n for n in known_by(self.event) if getattr(self.event, n) is not None)
        detail = f"{same}: another event that is the same in these says something else"
        return ParkedRecord(record=self.record, reason=CONFLICT, detail=detail)

    def failed(self, error: Exception) -> ParkedRecord:
        """Return the record, parked because a step raised *error*: a bug."""
        return _bug(self.record, error)


def read_inbound_event(
    record: StreamRecord, *, default_currency: str, policy: Policy
) -> InboundEvent | ParkedRecord:
    """Parse one record; an exception parks this record alone."""
    try:
        event = parse_order_event(
            record.payload, default_currency=default_currency, synonyms=policy.synonyms
        )
        # The same event id on two orders is two events: the order is part of the key.
        key = (order_hash(event), event_hash(event))
        return InboundEvent(
            record=record,
            event=event,
            key=key,
            people=people_in(event, policy=policy),
            fingerprint=fingerprint(event),
        )
    except Rejected as error:
        return ParkedRecord(record=record, reason=_slug(error), detail=str(error))
    except Exception as error:  # noqa: BLE001 - a bug in one record must not sink its neighbours
        return _bug(record, error)


def first_of_each_event(inbound_events: Iterable[InboundEvent]) -> dict[DecisionKey, InboundEvent]:
    """Return the first inbound event of each key, in order of arrival."""
    first: dict[DecisionKey, InboundEvent] = {}
    for inbound in inbound_events:
        first.setdefault(inbound.key, inbound)
    return first


def _bug(record: StreamRecord, error: Exception) -> ParkedRecord:
    # Only the type: the text of an unexpected error may quote the payload.
    return ParkedRecord(record=record, reason=f"bug:{type(error).__name__}", detail="")


def _slug(error: Rejected) -> str:
    """`MalformedOrderEvent` → `malformed-order-event`."""
    name = type(error).__name__
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)[1:]
