"""From a recorded batch to order events: base64, aggregates and compression come off."""

import json
from pathlib import Path

from gateways.kinesis_records import stream_records
from notifications.envelope import open_envelope
from notifications.order_event import parse_order_event
from notifications.parking import StreamRecord

RECORDED = Path(__file__).parents[1] / "recordings" / "kinesis"
AGGREGATE = "49590338271490256608559692538361571095921575989136588898"
GZIPPED = "49590338271490256608559692540925702759324208523137515618"


def test_a_recorded_batch_comes_out_as_its_order_events_in_the_streams_order() -> None:
    recorded = (RECORDED / "aggregate_of_three_and_a_gzipped_order.json").read_text()

    opened = [each for r in stream_records(json.loads(recorded)) for each in open_envelope(r)]

    events = [
        (each.position, parse_order_event(each.payload, default_currency="USD").order_id)
        for each in opened
        if isinstance(each, StreamRecord)
    ]
    expected = [(f"{AGGREGATE}.{n}", f"o-{n + 1}") for n in range(3)]
    assert [*expected, (GZIPPED, "o-4")] == events
    assert {1} == {len({each.arrived_at for each in opened})}
