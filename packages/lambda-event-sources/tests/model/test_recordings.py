"""Records of recorded Lambda events, in the order of their shards."""

from typing import Any

from lambda_event_sources.recordings import in_order, stream_record


def recorded(*numbers: int, shard: str = "shardId-000000000001") -> dict[str, Any]:
    return {
        "Records": [
            {
                "kinesis": {
                    "sequenceNumber": str(number),
                    "partitionKey": f"o-{number}",
                    "data": "",
                    "approximateArrivalTimestamp": 1795262400.0 + number,
                },
                "eventID": f"{shard}:{number}",
            }
            for number in numbers
        ]
    }


def numbers(records: list[Any]) -> list[int]:
    return [stream_record(record)[1].position for record in records]


def test_batches_of_parallel_lanes_are_put_in_order() -> None:
    assert [1, 2, 3, 4] == numbers(in_order([recorded(1, 3), recorded(2, 4)]))


def test_a_retry_that_was_recorded_too_counts_once() -> None:
    assert [1, 2, 3] == numbers(in_order([recorded(1, 2, 3), recorded(2, 3)]))


def test_sequence_numbers_are_numbers() -> None:
    assert [9, 10] == numbers(in_order([recorded(10), recorded(9)]))


def test_a_record_behind_a_later_one_in_its_shard_stays_behind_it() -> None:
    odd = recorded(1, 2)
    odd["Records"][0]["kinesis"]["approximateArrivalTimestamp"] += 60

    assert [1, 2] == numbers(in_order([odd]))


def test_a_record_knows_its_shard_and_its_key() -> None:
    shard_id, record = stream_record(recorded(7)["Records"][0])

    assert ("shardId-000000000001", "o-7") == (shard_id, record.key)
