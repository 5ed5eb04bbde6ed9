"""Look for a text in the events that are parked. Used by `ordercast find`."""

from itertools import islice

from ordercast.gateways import clients
from ordercast.gateways.parked.objects import S3ParkedObjects
from ordercast.operations.target import Target
from ordercast.parked.item import Kind, ParkedItem

MOST = 2_000
"""How many parked events are looked at, one object of S3 a batch of them."""


def parked_with(where: Target, text: str, *more: str) -> list[ParkedItem]:
    """Return the parked events in whose payload *text*, and all of *more*, stand as typed, but for those dealt with.

    Corrected payloads are looked into, too; one that is compressed or encoded is not. Raises `ParkingUnavailable`.
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
        for key, parked in islice(store.records(), MOST)
        if has_all(parked.record.payload) or parked.record.position in edited
    }
    handled = store.handled() if found else set()
    return [item for i, item in found.items() if i not in handled]
