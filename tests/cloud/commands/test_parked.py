"""What was parked on the local cloud is redriven from the command line, and delivered once."""

import json
from uuid import uuid4

import boto3

from local_cloud.cloud import LocalCloud
from ordercast.cli.local.clouds import local_target
from ordercast.events.stream_record import ParkedRecord, StreamRecord
from ordercast.gateways.parked.records import S3ParkedRecords
from ordercast.operations.parked_sources import parked_sources
from ordercast.parked.item import Kind, Selection
from tests.cloud.orders import sent_messages
from tests.eventually import eventually


def test_what_was_parked_is_delivered_once_after_a_redrive_however_often_it_is_run(
    cloud: LocalCloud,
) -> None:
    """As if a bug, mended since, had parked a good event; and as if the command had died once."""
    target = local_target(cloud)
    order, after = (f"parked-{uuid4().hex[:12]}" for _ in range(2))
    park(target.names.parked_bucket, order)
    where = parked_sources(target)
    (found,) = [each for each in where.find(Selection(reason=order)) if each.items]
    assert [Kind.RECORD] == [each.kind for each in found.items]

    assert 1 == found.source.redrive(found.items, progress=lambda _: None)
    assert 1 == found.source.redrive(found.items, progress=lambda _: None)
    assert [] == [each for found in where.find(Selection(reason=order)) for each in found.items]
    where.close()

    boto3.client("kinesis").put_record(
        StreamName=target.names.orders_stream, PartitionKey="parked", Data=event(after)
    )
    eventually(lambda: sent_messages(cloud, after), within=60)
    assert 1 == len(eventually(lambda: sent_messages(cloud, order), within=60))


def event(order: str) -> bytes:
    contact = {"email": f"{order}@example.com"}
    return json.dumps({"order_id": order, "channel": "email", "contact": contact}).encode()


def park(bucket: str, order: str) -> None:
    record = StreamRecord(
        sequence_number="1", partition_key="parked", arrived_at=None, payload=event(order)
    )
    parked = ParkedRecord(record=record, reason="bug:KeyError", detail=order)
    S3ParkedRecords(client=boto3.client("s3"), bucket=bucket).park([parked])
