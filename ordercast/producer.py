"""Put order events on the stream, in order for each order. Used by shops and by `ordercast put`.

    from ordercast.producer import OrderEventV1, Producer

    producer = Producer(client=boto3.client("kinesis"), stream=name, aggregate=True)
    producer.put([OrderEventV1(order_id="o-1", status="shipped", customer_id="c-42")])

docs/shops.md shows it in a shop's repository; docs/contract.md says what an event is.
"""

import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from ordercast.errors import MalformedOrderEvent
from ordercast.events.order_event_fields import ContactV1, ItemV1, MoneyV1, OrderEventV1
from ordercast.events.parse import parse_order_event
from ordercast.gateways.streams.kpl_aggregates import RECORD_LIMIT, Packed, packed
from ordercast.gateways.streams.ordered_put import OrderedPut
from ordercast.usage_error import UsageError

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient

__all__ = [
    "ContactV1",
    "ItemV1",
    "MalformedOrderEvent",
    "MoneyV1",
    "NotTaken",
    "OrderEventV1",
    "Producer",
]

Event = OrderEventV1 | Mapping[str, Any] | bytes | str
"""An order event: typed, as a mapping, or as its JSON. None is checked before it is put."""

NO_CURRENCY = "XXX"
"""ISO 4217's code for no currency: events are only checked here, and the relay sets the stage's."""

FRUITLESS_CALLS = 8
"""The number of fruitless calls in a row after which the producer gives up."""

LONGEST_PAUSE = 5.0  # seconds


class NotTaken(UsageError):
    """The stream did not take everything; *left* is how many events it did not."""

    def __init__(self, why: str, *, taken: int, left: int) -> None:
        super().__init__(
            f"the stream took {taken} of {taken + left} events: {why}",
            hint="put the same events again later: duplicates are recognised",
        )
        self.taken = taken
        self.left = left


@dataclass(frozen=True, slots=True, kw_only=True)
class Producer:
    """Puts order events on one stream; what it did not take is put again, and only that.

    With *aggregate* the events of an order travel together, in KPL aggregates of one key each.
    *progress* is called after each call with the number of events taken so far.
    """

    client: "KinesisClient"
    stream: str
    aggregate: bool = False
    pause: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    progress: Callable[[int], None] = lambda _: None

    def put(self, events: Iterable[Event]) -> int:
        """Put all events, or none if one of them is invalid; return their number.

        Raises `MalformedOrderEvent`, which names the event by its place, from 1 on, and the
        field; and `NotTaken` where the stream goes on refusing, or cannot be reached.
        """
        return self.put_payloads([_keyed(place, each) for place, each in enumerate(events, 1)])

    def put_payloads(self, payloads: Iterable[tuple[str, bytes]]) -> int:
        """Put (partition key, payload) pairs unchecked; otherwise as `put` does."""
        ordered_put = OrderedPut()
        total = 0
        keyed: defaultdict[str, list[bytes]] = defaultdict(list)
        for key, payload in payloads:
            keyed[key].append(payload)
        for key, mine in keyed.items():
            total += len(mine)
            plain = (Packed(data=each, events=1) for each in mine)
            ordered_put.add(key, packed(key, mine) if self.aggregate else plain)
        self._put(ordered_put)
        return total

    def _put(self, ordered_put: OrderedPut) -> None:
        taken = fruitless = 0
        while call := ordered_put.call():
            refused = self._call(call, ordered_put, taken)
            taken += sum(each.events for key, each in call if key not in refused)
            self.progress(taken)
            fruitless = fruitless + 1 if len(refused) == len(call) else 0
            if not refused:
                continue
            if fruitless == FRUITLESS_CALLS:
                raise _not_taken(f"it refuses them ({refused.popitem()[1]})", ordered_put, taken)
            # Jitter between half and the whole pause, so that producers do not retry together.
            longest = min(LONGEST_PAUSE, 0.1 * 2**fruitless)
            self.pause(longest * (1 + self.chance()) / 2)

    def _call(
        self, call: list[tuple[str, Packed]], ordered_put: OrderedPut, taken: int
    ) -> dict[str, str]:
        """Put one record of each key; return the keys of refused records, with the error codes."""
        try:
            response = self.client.put_records(
                StreamName=self.stream,
                Records=[{"PartitionKey": key, "Data": each.data} for key, each in call],
            )
        except (BotoCoreError, ClientError) as error:
            raise _not_taken(str(error), ordered_put, taken) from error
        answers = zip(call, response["Records"], strict=True)
        codes = {key: answer.get("ErrorCode", "") for (key, _), answer in answers}
        for key, code in codes.items():
            if not code:
                ordered_put.taken(key)
        refused = {key: code for key, code in codes.items() if code}
        ordered_put.refused(refused)
        return refused


def fits(key: str, payload: bytes) -> bool:
    """Whether the record is within the stream's size limit."""
    return len(key.encode()) + len(payload) <= RECORD_LIMIT


TOO_LARGE = f"event: with its partition key larger than the {RECORD_LIMIT} bytes of a record"


def _keyed(place: int, event: Event) -> tuple[str, bytes]:
    try:
        payload = event_json(event)
        return _key_of(payload), payload
    except MalformedOrderEvent as error:
        message = f"event {place}: {error}"
        raise MalformedOrderEvent(message) from None


def _key_of(payload: bytes) -> str:
    key = parse_order_event(payload, default_currency=NO_CURRENCY).order_id
    if not fits(key, payload):
        raise MalformedOrderEvent(TOO_LARGE)
    return key


def event_json(event: Event) -> bytes:
    """Return the bytes of an event as they are put. Raises `MalformedOrderEvent` for what JSON cannot hold."""
    if isinstance(event, bytes):
        return event
    try:
        # Instants become RFC 3339, decimal numbers their digits.
        return event.encode() if isinstance(event, str) else msgspec.json.encode(event)
    except (TypeError, UnicodeEncodeError) as error:
        # A UnicodeEncodeError's text quotes the data.
        reason = str(error) if isinstance(error, TypeError) else "it is not Unicode"
        message = f"event: it cannot be written as JSON: {reason}"
        raise MalformedOrderEvent(message) from None


def _not_taken(why: str, ordered_put: OrderedPut, taken: int) -> NotTaken:
    return NotTaken(why, taken=taken, left=sum(each.events for each in ordered_put.left()))
