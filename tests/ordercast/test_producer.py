from typing import Any

import pytest

from ordercast.complaint import Complaint
from ordercast.producer import Producer


class FlakyStream:
    """A stream that takes every other entry of its first calls, or none at all."""

    def __init__(self, refusals: int = 0, *, shut: bool = False) -> None:
        self.refusals = refusals
        self.shut = shut
        self.taken: list[str] = []
        self.calls: list[int] = []

    def put_records(self, **request: Any) -> dict[str, Any]:
        entries = request["Records"]
        self.calls.append(len(entries))
        refused = self.refusals > 0
        self.refusals -= 1
        answers = []
        for place, entry in enumerate(entries):
            if self.shut or (refused and place % 2):
                answers.append({"ErrorCode": "ProvisionedThroughputExceededException"})
            else:
                self.taken.append(entry["Data"].decode())
                answers.append({"SequenceNumber": "1", "ShardId": "s"})
        return {"Records": answers, "FailedRecordCount": 0}


def events(count: int, size: int = 1) -> list[tuple[str, bytes]]:
    return [(f"o-{n}", f"{n:0{size}}".encode()) for n in range(count)]


def producer(stream: Any, pauses: list[float] | None = None) -> Producer:
    paused = [] if pauses is None else pauses
    return Producer(client=stream, stream="orders", pause=paused.append)


def test_what_a_200_did_not_take_is_put_again_and_only_that() -> None:
    """PutRecords answers 200 and fails in part."""
    stream, pauses = FlakyStream(refusals=2), []

    assert 10 == producer(stream, pauses).put(events(10))

    assert sorted(payload.decode() for _, payload in events(10)) == sorted(stream.taken)
    assert [10, 5, 2] == stream.calls
    assert pauses == sorted(pauses)
    assert 2 == len(pauses)


def test_a_stream_that_never_takes_an_event_is_complained_of_with_the_number_left() -> None:
    with pytest.raises(Complaint, match="did not take 2 of the events"):
        producer(FlakyStream(shut=True)).put(events(2))


def test_a_call_holds_at_most_500_records() -> None:
    stream = FlakyStream()
    producer(stream).put(events(1001))

    assert [500, 500, 1] == stream.calls


def test_a_call_holds_at_most_five_mebibytes() -> None:
    stream = FlakyStream()
    producer(stream).put(events(12, size=1024 * 1024))

    assert [5, 5, 2] == stream.calls
