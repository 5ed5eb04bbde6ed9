"""A text is found in what is parked, as it came and as it was corrected."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ordercast.events import legible_order
from ordercast.events.legible_order import legible_order_id
from ordercast.events.stream_record import ParkedRecord, StreamRecord
from ordercast.gateways import clients
from ordercast.gateways.parked.objects import S3ParkedObjects
from ordercast.gateways.parked.order_tags import TAGS_MAX, may_name, tags_of
from ordercast.gateways.parked.records import S3ParkedRecords
from ordercast.operations import parked_search
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


def _of_order(number: int, **changes: object) -> ParkedRecord:
    kept = replace(
        _parked(str(number)).record,
        arrived_at=AT + timedelta(days=1, seconds=number),
        payload=json.dumps({"orderId": f"order-{number}", **changes}).encode(),
    )
    return ParkedRecord(record=kept, reason="malformed-order-event", detail="status")


def test_an_order_s_events_are_found_behind_any_number_of_others(
    store: S3ParkedObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the names of their objects: an incident parks far more than are looked into."""
    monkeypatch.setattr(parked_search, "MOST", 10)
    into = S3ParkedRecords(client=store.client, bucket="parked")
    for start in range(1000, 1200, 50):
        into.park([_of_order(each) for each in range(start, start + 50)])
    into.park([_of_order(each) for each in range(2000, 2000 + TAGS_MAX + 5)])

    for number in (1000, 1199, 2000 + TAGS_MAX - 1):
        assert [str(number)] == [each.id for each in parked_with(WHERE, f"order-{number}")]
    assert [] == parked_with(WHERE, "order-3000")


def test_of_the_others_the_newest_are_looked_into(
    store: S3ParkedObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parked_search, "MOST", 3)
    into = S3ParkedRecords(client=store.client, bucket="parked")
    into.park([_of_order(each, note="a-word") for each in (4001, 4002)])

    assert ["4001", "4002"] == [each.id for each in parked_with(WHERE, "a-word")]


@given(st.lists(st.text(max_size=130), min_size=1, max_size=2 * TAGS_MAX))
def test_a_key_names_every_legible_order_and_fits(orders: list[str]) -> None:
    records = [
        ParkedRecord(
            record=StreamRecord(
                sequence_number="9" * 56,
                index=9999,
                document=9999,
                partition_key=None,
                arrived_at=AT,
                payload=json.dumps({"order_id": order}).encode(),
            ),
            reason="malformed-order-event",
            detail="",
        )
        for order in orders
    ]
    tags = tags_of(records)
    legible = [legible_order_id(each.record.payload) for each in records]

    assert len(tags) <= 6 * TAGS_MAX + 2
    assert all(may_name(f"parked/x{tags}.jsonl", each) for each in legible if each is not None)


@pytest.mark.parametrize("payload", [b"", b"\xff", b"[]", b"{}", b'{"order_id": 1, "orderId": 2}'])
def test_what_names_no_order_is_parked_without_a_tag(payload: bytes) -> None:
    kept = replace(_parked("101").record, payload=payload)

    assert legible_order_id(payload) is None
    assert "" == tags_of([ParkedRecord(record=kept, reason="r", detail="")])


def test_a_bug_in_naming_an_order_keeps_nothing_from_being_parked(
    store: S3ParkedObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_: bytes) -> None:
        raise KeyError

    monkeypatch.setattr(legible_order, "document_in", breaks)
    S3ParkedRecords(client=store.client, bucket="parked").park([_of_order(5000)])

    assert "5000" in {each.record.position for _, each in store.records()}


def test_what_was_dealt_with_is_not_found(store: S3ParkedObjects) -> None:
    store.note(["102"], did="redriven", at=AT)

    assert [] == parked_with(WHERE, "o-9")
