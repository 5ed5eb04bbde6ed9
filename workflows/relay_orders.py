"""Stream records in, notifications in the ledger and on the hub out."""

from collections.abc import Sequence
from dataclasses import dataclass

from notifications.errors import Rejected
from notifications.identity import event_hash, order_hash
from notifications.lifecycle import State
from notifications.notification import Notification
from notifications.order_event import OrderEvent, parse_order_event
from notifications.parking import ParkedRecord, StreamRecord
from notifications.routing import Policy, decide
from workflows.ports import Clock, Hub, Ledger, ParkedRecords


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One record and the notifications that its event asks for."""

    record: StreamRecord
    event: str
    notifications: tuple[Notification, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relayed:
    """What became of a batch, in records; `undone` are to be brought again."""

    accepted: int
    repeated: int
    parked: int
    published: int
    undone: tuple[StreamRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayOrders:
    """Enter each notification in the ledger, then hand it to the hub."""

    ledger: Ledger
    hub: Hub
    parked: ParkedRecords
    policy: Policy
    default_currency: str
    now: Clock

    def __call__(self, records: Sequence[StreamRecord]) -> Relayed:
        """Relay a batch; raises `Retryable` when the outside world is in trouble."""
        answers = [self._decide(record) for record in records]
        decided = [answer for answer in answers if isinstance(answer, Decided)]
        unusable = [answer for answer in answers if isinstance(answer, ParkedRecord)]
        self.parked.park(unusable)
        first = _one_an_event(decided)
        # What is still requested is published again: if we died between these two lines, nobody
        # else will for minutes. The sender's claim drops the duplicate.
        entered = self.ledger.enter([n for each in first for n in each.notifications])
        waiting = {n.id: n for n in entered if n.state is State.REQUESTED}
        taken = self.hub.publish(list(waiting.values()))
        return Relayed(
            accepted=len(first),
            repeated=len(decided) - len(first),
            parked=len(unusable),
            published=len(taken),
            undone=_records_of(decided, waiting.keys() - taken),
        )

    def _decide(self, record: StreamRecord) -> Decided | ParkedRecord:
        """Take one record through the pure steps; whatever they raise concerns it alone."""
        try:
            event = parse_order_event(record.payload, default_currency=self.default_currency)
            return self._decided(record, event)
        except Rejected as error:
            return ParkedRecord(record=record, reason=_slug(error), detail=str(error))
        except Exception as error:  # noqa: BLE001 - a bug in one record must not sink its neighbours
            # Only the type: the text of a surprise may quote the payload.
            return ParkedRecord(record=record, reason=f"bug:{type(error).__name__}", detail="")

    def _decided(self, record: StreamRecord, event: OrderEvent) -> Decided:
        notifications = decide(event, policy=self.policy, now=self.now())
        # One id on two orders is two events: neither may vanish in the other.
        identity = order_hash(event) + event_hash(event)
        return Decided(record=record, event=identity, notifications=tuple(notifications))


def _one_an_event(decided: Sequence[Decided]) -> list[Decided]:
    first: dict[str, Decided] = {}
    for each in decided:
        first.setdefault(each.event, each)
    return list(first.values())


def _records_of(decided: Sequence[Decided], unpublished: set[str]) -> tuple[StreamRecord, ...]:
    return tuple(
        each.record for each in decided if any(n.id in unpublished for n in each.notifications)
    )


def _slug(error: Rejected) -> str:
    """`MalformedOrderEvent` → `malformed-order-event`."""
    name = type(error).__name__
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)[1:]
