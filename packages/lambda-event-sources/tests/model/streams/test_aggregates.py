"""An aggregate is one record with one sequence number."""

from base64 import b64decode
from typing import Any

from support.aggregates import aggregate, sub_records

from lambda_event_sources.harness.run import run_handler


def test_the_sub_records_of_an_aggregate_come_again_together() -> None:
    """Only the number that they share can be named, whichever of them failed."""
    delivered: list[str] = []

    def handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
        data = [b64decode(record["kinesis"]["data"]) for record in event["Records"]]
        payloads = [payload.decode() for each in data for payload in sub_records(each)]
        failed = "b2" in payloads and "b2" not in delivered
        delivered.extend(payloads)
        return {"batchItemFailures": [{"itemIdentifier": "2"}] if failed else []}

    report = run_handler(handler, [b"a", aggregate(b"b1", b"b2", b"b3"), b"c"])

    assert ["a", "b1", "b2", "b3", "c", "b1", "b2", "b3", "c"] == delivered
    assert [["1", "2", "3"], ["2", "3"]] == report.invoked
