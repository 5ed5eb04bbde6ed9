"""What every store of parked records promises, in memory or in S3."""

from collections.abc import Callable
from datetime import UTC, datetime

from ordercast.events.stream_record import ParkedRecord, StreamRecord
from ordercast.workflows.ports import ParkedRecords

Kept = Callable[[], list[tuple[str, str, str, bytes]]]


def record(
    number: int, payload: bytes = b"\x00\xff not JSON", *, index: int | None = None
) -> ParkedRecord:
    """Return a record, or a part of one, that could not be used, at that position."""
    arrived_at = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    return ParkedRecord(
        record=StreamRecord(
            sequence_number=str(number),
            index=index,
            partition_key="o",
            arrived_at=arrived_at,
            payload=payload,
        ),
        reason="malformed-order-event",
        detail=f"not JSON: {number}",
    )


class ParkedRecordsPromises:
    """Mix in, and say with fixtures which `parked` and what is `kept` there."""

    def test_a_record_is_kept_with_its_position_reason_and_payload(
        self, parked: ParkedRecords, kept: Kept
    ) -> None:
        parked.park([record(101)])

        reason = ("malformed-order-event", "not JSON: 101")
        assert [("101", *reason, b"\x00\xff not JSON")] == kept()

    def test_keeping_a_batch_twice_is_keeping_it_once(
        self, parked: ParkedRecords, kept: Kept
    ) -> None:
        parked.park([record(101), record(103)])
        parked.park([record(101), record(103)])

        assert ["101", "103"] == [position for position, *_ in kept()]

    def test_one_batch_never_replaces_another(self, parked: ParkedRecords, kept: Kept) -> None:
        parked.park([record(101), record(103)])
        parked.park([record(104), record(107)])

        assert ["101", "103", "104", "107"] == sorted(position for position, *_ in kept())

    def test_the_parts_of_one_record_are_kept_each_at_its_own_position(
        self, parked: ParkedRecords, kept: Kept
    ) -> None:
        parked.park([record(101, index=0), record(101, index=12), record(102)])

        assert ["101.0", "101.12", "102"] == [position for position, *_ in kept()]

    def test_two_batches_with_the_same_ends_are_two(
        self, parked: ParkedRecords, kept: Kept
    ) -> None:
        """What is parked of a batch may change with what is known: nothing is written over."""
        parked.park([record(101), record(102), record(109)])
        parked.park([record(101), record(105), record(109)])

        assert {"101", "102", "105", "109"} == {position for position, *_ in kept()}

    def test_an_empty_batch_is_nothing_to_do(self, parked: ParkedRecords, kept: Kept) -> None:
        parked.park([])

        assert [] == kept()

    def test_the_largest_record_of_a_stream_can_be_parked(
        self, parked: ParkedRecords, kept: Kept
    ) -> None:
        """Kinesis takes a mebibyte by default; a queue would not."""
        parked.park([record(101, b"\xff" * 1024 * 1024)])

        assert [1024 * 1024] == [len(payload) for *_, payload in kept()]

    def test_a_record_without_a_time_of_arrival_can_be_parked(
        self, parked: ParkedRecords, kept: Kept
    ) -> None:
        bare = StreamRecord(sequence_number="101", partition_key=None, arrived_at=None, payload=b"")
        parked.park([ParkedRecord(record=bare, reason="bug:KeyError", detail="")])

        assert [("101", "bug:KeyError", "", b"")] == kept()
