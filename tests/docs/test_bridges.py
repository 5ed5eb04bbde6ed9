"""The example's bridge puts what it is given on the stream, in order, and gives back the rest."""

import json
from collections import defaultdict
from collections.abc import Sequence
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any

import pytest

from tests.pages import ROOT

BRIDGE = ROOT / "examples" / "bridges" / "function" / "bridge.py"


class Stream:
    """Takes records, but none of the keys that it refuses."""

    def __init__(self) -> None:
        self.refused: set[str] = set()
        self.taken: defaultdict[str, list[bytes]] = defaultdict(list)
        self.calls: list[int] = []

    def put_records(self, *, StreamName: str, Records: Sequence[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        assert "orders" == StreamName
        keys = [each["PartitionKey"] for each in Records]
        assert len(keys) == len(set(keys)) <= 500
        assert sum(len(each["Data"]) for each in Records) <= 5 * 2**20 or len(Records) == 1
        self.calls.append(len(Records))
        return {"Records": [self._put(**each) for each in Records]}

    def _put(self, *, PartitionKey: str, Data: bytes) -> dict[str, str]:  # noqa: N803
        if PartitionKey in self.refused:
            return {"ErrorCode": "ProvisionedThroughputExceededException"}
        self.taken[PartitionKey].append(Data)
        return {"SequenceNumber": "1"}


@pytest.fixture
def stream() -> Stream:
    return Stream()


@pytest.fixture
def bridge(stream: Stream, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("ORDERS_STREAM", "orders")
    specification = spec_from_file_location("bridge", BRIDGE)
    assert specification is not None
    assert specification.loader is not None
    module = module_from_spec(specification)
    specification.loader.exec_module(module)
    monkeypatch.setattr(module, "kinesis", stream)
    return module


def batch(*bodies: str) -> dict[str, Any]:
    return {"Records": [{"messageId": f"m-{n}", "body": each} for n, each in enumerate(bodies)]}


def order(number: int, status: str, **more: Any) -> str:
    return json.dumps({"order_id": f"o-{number}", "status": status} | more)


def failed(answer: dict[str, Any]) -> list[str]:
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def test_each_order_s_events_are_put_in_their_order_as_they_are(bridge, stream) -> None:
    bodies = [order(n, s) for s in ("confirmed", "shipped") for n in (1, 2)]

    assert [] == failed(bridge.handler(batch(*bodies), None))
    assert {
        f"o-{n}": [bodies[n - 1].encode(), bodies[n + 1].encode()] for n in (1, 2)
    } == stream.taken
    assert [2, 2] == stream.calls


def test_what_the_stream_refuses_is_given_back_with_all_that_follows_of_its_order(
    bridge, stream
) -> None:
    stream.refused = {"o-1"}

    answer = bridge.handler(
        batch(order(1, "confirmed"), order(2, "confirmed"), order(1, "shipped")), None
    )

    assert ["m-0", "m-2"] == sorted(failed(answer))
    assert ["o-2"] == list(stream.taken)


@pytest.mark.parametrize(
    "envelope",
    [
        lambda e: {"source": "com.example.shop", "detail-type": "order", "detail": e},
        lambda e: {"specversion": "1.0", "id": "1", "source": "/shop", "type": "order", "data": e},
        lambda e: {"Type": "Notification", "Message": json.dumps(e)},
    ],
    ids=["EventBridge", "CloudEvents", "SNS"],
)
def test_an_event_in_an_envelope_is_put_in_it_under_its_order(bridge, stream, envelope) -> None:
    body = json.dumps(envelope({"order_id": "o-7"}))

    bridge.handler(batch(body), None)

    assert {"o-7": [body.encode()]} == stream.taken


@pytest.mark.parametrize("body", ["", "no JSON", "[]", "{}", '{"Message": "{broken"}', "1" * 100])
def test_what_is_no_event_is_put_too_for_ordercast_to_park(bridge, stream, body: str) -> None:
    assert [] == failed(bridge.handler(batch(body), None))
    assert {"m-0": [body.encode()]} == stream.taken


def test_a_call_is_never_larger_than_the_stream_takes(bridge, stream) -> None:
    bodies = [order(n, "confirmed", note="x" * 1_000_000) for n in range(12)]

    assert [] == failed(bridge.handler(batch(*bodies), None))
    assert 12 == len(stream.taken)
    assert [5, 5, 2] == stream.calls
