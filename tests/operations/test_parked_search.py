"""A text is found in what is parked, as it came and as it was corrected."""

from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import boto3
import pytest

from ordercast.events.stream_record import ParkedRecord, StreamRecord
from ordercast.gateways import clients
from ordercast.gateways.parked.objects import S3ParkedObjects
from ordercast.gateways.parked.records import S3ParkedRecords
from ordercast.operations.parked_search import parked_with
from ordercast.parked.payload_edit import EditNote, PayloadEdit
from tests.aws_in_memory import aws_in_memory

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
WHERE = cast("Any", SimpleNamespace(names=SimpleNamespace(parked_bucket="parked")))


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3ParkedObjects]:
    """Two parked records, the second of which was corrected."""
    clients.session.cache_clear()
    with aws_in_memory(monkeypatch):
        client = boto3.client("s3")
        client.create_bucket(Bucket="parked")
        S3ParkedRecords(client=client, bucket="parked").park([_parked("101"), _parked("102")])
        made = S3ParkedObjects(client=client, bucket="parked")
        note = EditNote(by="ada", at=AT)
        made.edit(PayloadEdit(positions=("102",), payload=b'{"order_id": "o-9"}', note=note))
        yield made
    clients.session.cache_clear()


def _parked(position: str) -> ParkedRecord:
    kept = StreamRecord(
        sequence_number=position,
        partition_key="k",
        arrived_at=AT,
        payload=f'{{"order_id": {position}}}'.encode(),
    )
    return ParkedRecord(record=kept, reason="malformed-order-event", detail="order_id")


@pytest.mark.parametrize(("text", "ids"), [("101", ["101"]), ("o-9", ["102"]), ("o-8", [])])
def test_the_first_and_the_corrected_payload_are_looked_into(text: str, ids: list[str]) -> None:
    assert ids == [each.id for each in parked_with(WHERE, text)]


def test_of_several_texts_all_are_to_be_there() -> None:
    """A customer's id alone may be another shop's customer's."""
    assert ["101"] == [each.id for each in parked_with(WHERE, "order_id", "101")]
    assert [] == parked_with(WHERE, "101", "102")


def test_what_was_dealt_with_is_not_found(store: S3ParkedObjects) -> None:
    store.note(["102"], did="redriven", at=AT)

    assert [] == parked_with(WHERE, "o-9")
