"""Look for a text in the events that are parked. Used by `ordercast find`."""

from collections.abc import Iterator
from itertools import islice

from ordercast.events.legible_order import legible_order_id
from ordercast.events.stream_record import ParkedRecord
from ordercast.gateways import clients
from ordercast.gateways.parked.objects import S3ParkedObjects
from ordercast.gateways.parked.order_tags import may_name
from ordercast.operations.target import Target
from ordercast.parked.item import Kind, ParkedItem

MOST = 2_000
"""How many events are looked into for a text, the newest first."""

KEYS_MAX = 200_000
"""How many objects' names are read, a thousand a request; there is one object a batch."""


def parked_with(where: Target, text: str, *more: str) -> list[ParkedItem]:
    """Return the parked events of the order that *text* names, or in whose payload *text* and all of *more* stand.

    Those dealt with are left out. Events of an order are found by the names of their objects, however many
    are parked. Others are looked into, as they are stored, the `MOST` newest of them: one that is compressed
    or encoded is not. So are corrected payloads. Raises `ParkingUnavailable`.
    """
    store = S3ParkedObjects(client=clients.s3(), bucket=where.names.parked_bucket)
    wanted = [each.encode() for each in (text, *more)]

    def has_all(payload: bytes) -> bool:
        return all(each in payload for each in wanted)

    edited = {
        position
        for edit in islice(store.edits(), MOST)
        if has_all(edit.payload)
        for position in edit.positions
    }
    found = {
        parked.record.position: ParkedItem(
            kind=Kind.RECORD,
            id=parked.record.position,
            reason=parked.reason,
            detail=parked.detail,
            place=key,
            since=parked.record.arrived_at,
        )
        for key, parked in _looked_into(store, text)
        if has_all(parked.record.payload)
        or parked.record.position in edited
        or (not more and legible_order_id(parked.record.payload) == text)
    }
    handled = store.handled() if found else set()
    return [item for i, item in found.items() if i not in handled]


def _looked_into(store: S3ParkedObjects, text: str) -> Iterator[tuple[str, ParkedRecord]]:
    """Yield the records of the objects that name the order, up to `MOST` objects, then the newest others."""
    keys = list(islice(store.record_keys(), KEYS_MAX))[::-1]
    named = [each for each in keys if may_name(each, text)]
    for key in named[:MOST]:
        yield from ((key, each) for each in store.records_in(key))
    others = (each for each in keys if not may_name(each, text))
    yield from islice(((key, each) for key in others for each in store.records_in(key)), MOST)
