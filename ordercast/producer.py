"""Order events in, records on the Kinesis stream out; the partition key is the order's."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ordercast.complaint import Complaint

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient
    from mypy_boto3_kinesis.type_defs import PutRecordsRequestEntryTypeDef

RECORDS_A_CALL = 500  # PutRecords
BYTES_A_CALL = 5 * 1024 * 1024  # half of what PutRecords takes, so that keys always fit too
ROUNDS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Producer:
    """Puts events on one stream; what the stream did not take is put again, and only that.

    Events with one key that are put again may follow ones that were taken: the relay goes by
    what an event says happened when, not by the order in which it came.
    """

    client: "KinesisClient"
    stream: str
    pause: Callable[[float], None]

    def put(self, events: Sequence[tuple[str, bytes]]) -> int:
        """Put (order id, payload) pairs; answer how many were taken; raises `Complaint`."""
        for chunk in _chunks(events):
            self._put(chunk)
        return len(events)

    def _put(self, entries: "list[PutRecordsRequestEntryTypeDef]") -> None:
        for attempt in range(ROUNDS):
            response = self.client.put_records(StreamName=self.stream, Records=entries)
            answers = zip(entries, response["Records"], strict=True)
            entries = [entry for entry, answer in answers if "ErrorCode" in answer]
            if not entries:
                return
            self.pause(0.1 * 2**attempt)
        raise Complaint(
            f"the stream did not take {len(entries)} of the events",
            hint="it is over its limits or unreachable; put them again later",
        )


def _chunks(
    events: Sequence[tuple[str, bytes]],
) -> "Iterator[list[PutRecordsRequestEntryTypeDef]]":
    chunk: list[PutRecordsRequestEntryTypeDef] = []
    size = 0
    for order_id, payload in events:
        if len(chunk) == RECORDS_A_CALL or size + len(payload) > BYTES_A_CALL:
            yield chunk
            chunk, size = [], 0
        chunk.append({"PartitionKey": order_id, "Data": payload})
        size += len(payload)
    if chunk:
        yield chunk
