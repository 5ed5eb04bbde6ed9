"""Read rollup inputs from the ledger's stream records or items. Used by the analytics processor.

Only the attributes that count are read off the wire map: turning whole images into Python values
costs many times what everything else here does.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from ordercast.gateways.dynamodb.codec import Item, time_from_millis
from ordercast.gateways.ledger.keys import id_of, is_notification
from ordercast.gateways.ledger.links import RESEND_OF
from ordercast.notifications.lifecycle import FINAL, State
from ordercast.rollups.rollup import RollupInput, RollupKey, hour_of, short


class StreamChange(NamedTuple):
    """The newest image of one notification in a batch, and where its first one stands."""

    image: Item
    version: int
    sequence_number: str


def newest(records: Iterable[Mapping[str, Any]]) -> dict[str, StreamChange]:
    """Return the newest image of each notification, by id; the stream may be in any order.

    What is removed counts as nothing: retention deletes rows, and nothing becomes unsent by it.
    `sequence_number` is the notification's lowest in the batch: a redelivery begins there.
    """
    changes: dict[str, StreamChange] = {}
    for record in records:
        image = record["dynamodb"].get("NewImage")
        if image is None or not is_notification(image):
            continue
        notification_id, version = id_of(image), int(image["version"]["N"])
        first = record["dynamodb"]["SequenceNumber"]
        known = changes.get(notification_id)
        if known is not None:
            first = min(first, known.sequence_number, key=int)
            if known.version >= version:
                image, version = known.image, known.version
        changes[notification_id] = StreamChange(image, version, first)
    return changes


def rollup_input_of(image: Item) -> RollupInput:
    """Return what counts of a notification's image or item."""
    state = image["state"]["S"]
    tries = _Tries.of(image)
    return RollupInput(
        id=id_of(image),
        version=int(image["version"]["N"]),
        state=state,
        rule=_text(image, "rule"),
        bucket=RollupKey(
            hour=_hour(int(image["effective_at"]["N"]) // _HOUR),
            channel=image["channel"]["S"],
            country=_text(image, "country"),
            template=image["template"]["S"],
            campaign=short(_text(image, "campaign")),
            shop=short(_text(image, "shop")),
        ),
        effective_at=time_from_millis(image["effective_at"]),
        occurred_at=_time(image, "occurred_at"),
        sent_at=_time(image, "sent_at"),
        delivered_at=_time(image, "delivered_at"),
        keep_until=int(image["ttl"]["N"]),
        taken=state in _TAKEN or tries.sent > 0,
        parts=tries.parts,
        estimate=tries.estimate,
        reserved=tries.reserved,
        retries=tries.retries,
        unsettled=_is_unsettled(image),
        drawn=_money(image, "drawn"),
        closed=state in FINAL or "closed_at" in image,
        cost=_money(image, "cost"),
        cost_source=_text(image, "cost_source"),
        fallback="fallback_for" in image,
        resend=RESEND_OF in image,
        route=_text(image, "route"),
    )


# States of messages that a provider accepted.
_TAKEN = frozenset(
    {
        *(State.SENT, State.UNCONFIRMED, State.CARRIER_ACCEPTED, State.FAILED_FOR_NOW),
        *(State.DELAYED, State.AUTO_REPLIED, State.SOFT_BOUNCED, State.BOUNCED),
        *(State.DELIVERED, State.COMPLAINED),
    }
)


def _is_unsettled(image: Item) -> bool:
    """Tell whether a try may have been taken, although an earlier one was delivered."""
    open_claim = "lease_until" in image or "in_doubt_since" in image
    return open_claim and image["state"]["S"] == State.DELIVERED


class _Tries(NamedTuple):
    """How many messages an account could send, how many of them were tries beyond the first, and what all were claimed at."""

    sent: int
    retries: int
    parts: int
    estimate: Decimal | None
    reserved: Decimal | None

    @classmethod
    def of(cls, image: Item) -> "_Tries":
        """Read them: those that are numbered keep what they were claimed at, the row has the rest."""
        messages = [each["M"] for each in image.get("messages", {}).get("M", {}).values()]
        sent = [each for each in messages if each["state"]["S"] != State.DEFERRED]
        earlier = [each for each in sent if "number" in each]
        if not earlier:
            own = [image]
        elif len(earlier) < len(sent) or image["state"]["S"] in _CALLED or _is_unsettled(image):
            own = [*earlier, image]
        else:
            own = earlier
        return cls(
            sent=len(sent),
            retries=len(sent) - 1 if earlier else 0,
            parts=sum(int(each["parts"]["N"]) for each in own if "parts" in each),
            estimate=_sum(_money(each, "estimate") for each in own),
            reserved=_sum(_money(each, "reserved") for each in own),
        )


_CALLED = frozenset({State.SENDING, State.IN_DOUBT})


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [each for each in amounts if each is not None]
    return sum(known, Decimal()) if known else None


_HOUR = 3_600_000  # milliseconds


@lru_cache(maxsize=1024)
def _hour(hours: int) -> str:
    return hour_of(time_from_millis({"N": str(hours * _HOUR)}))


def _text(image: Item, name: str) -> str | None:
    value = image.get(name)
    return value["S"] if value else None


def _time(image: Item, name: str) -> datetime | None:
    value = image.get(name)
    return time_from_millis(value) if value else None


def _money(image: Item, name: str) -> Decimal | None:
    """Read US dollars, however they are written: as text or as a number."""
    value = image.get(name)
    return Decimal(value.get("S") or value["N"]) if value else None
