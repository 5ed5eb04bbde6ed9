"""Events reach their customers in whatever a producer's shipper put round them."""

import gzip
import json
from base64 import b64encode
from typing import Any

import pytest

from tests.examples import event
from tests.fakes.world import World

ADA, BEN = (event(order_id=n, event_id=n, channel="email") for n in ("o-1", "o-2"))
LINES = [json.dumps(each).encode() for each in (ADA, BEN)]


def event_bridge(detail: dict[str, Any], event_id: str = "b-1") -> bytes:
    return json.dumps(
        {"id": event_id, "detail-type": "Order", "source": "shop", "time": "x", "detail": detail}
    ).encode()


def cloud_event(data: dict[str, Any], **changes: Any) -> bytes:
    return json.dumps(
        {"specversion": "1.0", "id": "c-1", "source": "/shop", "type": "t", "data": data} | changes
    ).encode()


SHIPPED = {
    "JSON Lines of Fluent Bit": b"\n".join([*LINES, b""]),
    "an array": json.dumps([ADA, BEN]).encode(),
    "a byte order mark": b"\xef\xbb\xbf" + b"\n".join(LINES),
    "UTF-16": b"\n".join(LINES).decode().encode("utf-16"),
    "base64": b64encode(b"\n".join(LINES)),
    "gzip of gzip": gzip.compress(gzip.compress(b"\n".join(LINES))),
    "EventBridge": event_bridge(ADA) + b"\n" + event_bridge(BEN),
    "CloudEvents": b"[" + cloud_event(ADA) + b"," + cloud_event(BEN) + b"]",
    "pretty-printed": b"\n".join(json.dumps(each, indent=2).encode() for each in (ADA, BEN)),
}


@pytest.mark.parametrize("record", SHIPPED.values(), ids=SHIPPED)
def test_two_events_in_one_record_are_two_messages(world: World, record: bytes) -> None:
    relayed = world.relay(record)

    assert ["o-1", "o-2"] == [order_id for order_id, _ in world.published()]
    assert (2, 0) == (relayed.accepted, relayed.parked)


@pytest.mark.parametrize("record", SHIPPED.values(), ids=SHIPPED)
def test_a_redelivered_record_of_several_events_is_decided_once(
    world: World, record: bytes
) -> None:
    world.relay(record)
    again = world.relay(record)

    assert (2, 0, 0) == (again.accepted, again.repeated, again.parked)
    assert 2 == len([*world.rows()])


def test_a_bad_line_is_parked_alone_at_a_position_of_its_own(world: World) -> None:
    relayed = world.relay(b"\n".join([LINES[0], b'{"order_id": 5}', b"{", LINES[1]]))

    assert (2, 2) == (relayed.accepted, relayed.parked)
    assert {"101.1", "101.2"} == world.parked.kept.keys()
    assert b'{"order_id": 5}' == world.parked.kept["101.1"].record.payload


def test_what_event_bridge_puts_again_under_a_new_id_is_the_same_event(world: World) -> None:
    anonymous = ADA | {"event_id": None}
    relayed = world.relay(event_bridge(anonymous, "b-1"), event_bridge(anonymous, "b-2"))

    assert (1, 1, 0) == (relayed.accepted, relayed.repeated, relayed.parked)


def test_cloud_events_are_the_same_by_source_and_id(world: World) -> None:
    anonymous = ADA | {"event_id": None}
    once, again = cloud_event(anonymous), cloud_event(anonymous, time="2026-03-02T10:00:00Z")
    another = cloud_event(anonymous, id="c-2")
    relayed = world.relay(once, again, another)

    assert (2, 1, 0) == (relayed.accepted, relayed.repeated, relayed.parked)


def test_a_change_of_a_table_s_row_is_parked_by_name(world: World) -> None:
    world.relay(json.dumps({"before": None, "after": ADA, "op": "c"}).encode())

    assert world.parked.details["101"].startswith("event: a Debezium change event")
