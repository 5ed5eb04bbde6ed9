"""Run a handler behind filters: filtered records are counted and hold nothing up."""

from datetime import timedelta
from typing import Any

import pytest
from support.aggregates import aggregate

from lambda_event_sources.filtering.operators import InvalidPattern
from lambda_event_sources.harness.items import ALWAYS, Put, Raises
from lambda_event_sources.mapping import SourceKind

PLACED = '{"data": {"status": ["PLACED"]}}'


class Numbers:
    """Notes the sequence numbers that it was delivered."""

    def __init__(self) -> None:
        self.delivered: list[list[str]] = []

    def __call__(self, event: dict[str, Any], _: Any) -> None:
        self.delivered.append([r["kinesis"]["sequenceNumber"] for r in event["Records"]])


def test_filtered_records_are_not_delivered_and_are_counted(event_source):
    handler = Numbers()

    report = event_source(
        handler,
        [b'{"status": "PLACED"}', b'{"status": "SHIPPED"}', b"{", b'{"status": "PLACED"}'],
        filters=(PLACED,),
    )

    assert [["1", "4"]] == handler.delivered
    assert ["2", "3"] == report.filtered
    assert ["1", "4"] == report.done
    assert str(report).splitlines()[0].endswith("filtered: 2 3")


def test_a_filter_on_the_data_costs_every_aggregate_its_orders(event_source):
    handler = Numbers()

    report = event_source(handler, [aggregate(b'{"status": "PLACED"}')], filters=(PLACED,))

    assert [] == handler.delivered
    assert ["1"] == report.filtered
    assert [] == report.discarded


def test_a_poison_record_that_is_filtered_fails_nothing(event_source):
    handler = Numbers()

    report = event_source(
        handler,
        [Raises(times=ALWAYS), Put(key="o-1", data=b"poison"), Put(key="o-2", data=b"a")],
        filters=('{"partitionKey": [{"anything-but": ["o-1"]}]}',),
        max_record_age=timedelta(minutes=1),
    )

    assert [["2"]] == handler.delivered
    assert ([], []) == (report.retried, report.discarded)


def test_a_table_s_changes_are_filtered_by_their_kind(event_source):
    def change(number: int, name: str) -> dict[str, Any]:
        moment = {"SequenceNumber": str(number), "ApproximateCreationDateTime": 1795262402.0}
        return {"eventSource": "aws:dynamodb", "eventName": name, "dynamodb": moment}

    report = event_source(
        lambda *_: None,
        [change(1, "INSERT"), change(2, "REMOVE")],
        source=SourceKind.DYNAMODB,
        filters=('{"eventName": ["REMOVE"]}',),
    )

    assert (["1"], ["2"]) == (report.filtered, report.done)


def test_a_filter_that_aws_refuses_is_refused_by_the_harness(event_source):
    with pytest.raises(InvalidPattern):
        event_source(lambda *_: None, [b"a"], filters=('{"data": ["a"]}',))
