"""Write the recorded batches of this folder: `python -m tests.recordings.kinesis.make`.

Written again they are the same, so that what is in them can be read here. README.md says what is
odd about each, and what must come of it.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from gzip import decompress
from pathlib import Path
from typing import Any
from zlib import DEFLATED, compressobj
from zlib import compress as deflate

from tests.aggregates import aggregate, field, message_of, part, sealed

FOLDER = Path(__file__).parent
BATCH_LIMIT = 6 * 1024 * 1024  # bytes of what Lambda invokes a function with
STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/orders"
FIRST = 49590338271490256608559692538361571095921575989136588898  # a sequence number
STEP = 1208925819614629174706176  # from one to the next, as AWS counts
STATUSES = ("confirmed", "shipped", "delivered", "cancelled")

Event = dict[str, Any]


def main() -> None:
    """Write every batch but the full one, which is made where it is wanted."""
    for name, event in recordings().items():
        (FOLDER / f"{name}.json").write_text(json.dumps(event, indent=1) + "\n")


def recordings() -> dict[str, Event]:
    """Return the batches by name."""
    payloads = {**_usual(), **_aggregates(), **_payloads(), **_events()}
    batches = {name: batch(*each) for name, each in payloads.items()}
    nameless = batch(order(1))
    del nameless["Records"][0]["kinesis"]["partitionKey"]
    return batches | {"no_partition_key": nameless}


def full_batch() -> Event:
    """Return as many single orders as Lambda brings at once."""
    event: Event = {"Records": []}
    size = len(json.dumps(event))
    for number in range(10_000):
        record = _record(number, order(number))
        size += len(json.dumps(record)) + 2
        if size > BATCH_LIMIT:
            break
        event["Records"].append(record)
    return event


def batch(*payloads: bytes) -> Event:
    """Return a batch of one shard with those payloads."""
    return {"Records": [_record(number, each) for number, each in enumerate(payloads)]}


def order(number: int, **changes: Any) -> bytes:
    """Return an order event, of its own customer."""
    event = {
        "event_id": f"e-{number}",
        "order_id": f"o-{number}",
        "status": STATUSES[number % len(STATUSES)],
        "occurred_at": f"2026-03-02T09:{number // 60 % 60:02}:{number % 60:02}Z",
        "amount": {"value": f"{number % 200}.50", "currency": "USD"},
        "items": [{"name": "Loose-leaf tea, 250 g", "quantity": 1 + number % 3}],
        "contact": {"email": f"customer{number}@example.com"},
        "channel": "email",
        "shop": "Leaf & Kettle",
    }
    return json.dumps(event | changes).encode()


def _usual() -> dict[str, tuple[bytes, ...]]:
    return {
        "one_order": (order(1),),
        "typical_batch": tuple(order(n) for n in range(1, 41)),
        "compressed_orders": (_gzip(order(1)), deflate(order(2), 0), order(3)),
        "earlier_shapes": (
            b'{"orderId": "o-1", "customerEmail": "ada@example.com", "channel": "email"}',
            b'{"order_id": "o-2", "customer_id": "c-2", "status": "confirmed"}',
        ),
    }


def _aggregates() -> dict[str, tuple[bytes, ...]]:
    whole = aggregate(*(order(n) for n in range(1, 6)))
    message = message_of(whole)
    keys = field(1, b"o-1")
    tagged = part(order(2), more=field(4, field(1, b"source") + field(2, b"till")))
    return {
        "aggregate": (whole, order(6)),
        "aggregate_with_explicit_hash_keys": (
            aggregate(order(1), order(2), order(3), hash_keys=(None, "7", None)),
        ),
        "aggregate_with_tags": (sealed(keys + part(order(1)) + tagged),),
        "aggregate_by_npm": (_by_npm("explicit hash keys for some"),),
        "aggregate_with_a_bad_digest": (order(6), whole[:-1] + b"\x00"),
        "aggregate_with_a_bad_index": (
            sealed(keys + part(order(1)) + part(order(2), key=9) + part(order(3))),
            order(4),
        ),
        "aggregate_with_a_bad_length": (
            sealed(keys + part(order(1)) + b"\x1a\x7f" + part(order(2))[3:] + part(order(3))),
        ),
        "aggregate_that_is_cut_off": (sealed(message[:-100]), order(6)),
        "aggregate_without_records": (sealed(keys), order(1)),
        "aggregate_in_an_aggregate": (aggregate(order(1), whole, order(6)),),
        "damaged_aggregate": (sealed(b"\xff" + message[1:]), sealed(b"no message"), order(6)),
    }


def _payloads() -> dict[str, tuple[bytes, ...]]:
    return {
        "not_json": (order(1), b"order 2 confirmed", order(3)),
        "not_text": (order(1), b'{"order_id": "\xff\xfe"}', b"", order(2)),
        "damaged_compression": (_gzip(order(1))[:-9], order(2)),
        "too_large_unpacked": (deflate(b" " * (1024 * 1024 + 1), 9), order(1)),
    }


def _events() -> dict[str, tuple[bytes, ...]]:
    return {
        "no_order_event": (order(1, order_id=[7]), order(2, schema_version=2), order(3)),
        "the_same_event_twice": (order(1), order(2), order(1)),
        "the_same_id_twice": (order(1), order(1, status="cancelled"), order(2)),
        "old_news": (
            order(1, event_id="new", status="delivered"),
            order(1, event_id="old", status="confirmed"),
        ),
    }


def _by_npm(name: str) -> bytes:
    made = FOLDER.parent / "npm_aggregates" / "aggregates.json.gz"
    [case] = [each for each in _cases(made) if each["name"] == name]
    return b64decode(case["aggregate"])


def _cases(made: Path) -> Iterator[Event]:
    yield from json.loads(decompress(made.read_bytes()))


def _record(number: int, payload: bytes) -> Event:
    sequence_number = str(FIRST + number * STEP)
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": f"o-{number}",
            "sequenceNumber": sequence_number,
            "data": b64encode(payload).decode(),
            "approximateArrivalTimestamp": 1772443800.5,
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"shardId-000000000000:{sequence_number}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": "arn:aws:iam::123456789012:role/order-relay",
        "awsRegion": "us-east-1",
        "eventSourceARN": STREAM,
    }


def _gzip(data: bytes) -> bytes:
    """Wrap *data* as it is; `gzip.compress` names another operating system since Python 3.13."""
    packer = compressobj(0, DEFLATED, _WITH_GZIP_HEADER)
    return packer.compress(data) + packer.flush()


_WITH_GZIP_HEADER = 31  # window bits, as zlib has it


if __name__ == "__main__":
    main()
