"""A stream's ARN comes in; its shards and, position by position, their records go out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from local.event_source_model.events import StreamRecord, dynamodb_record, kinesis_record

READ_LIMIT = 1000  # records a read; DynamoDB streams allow no more


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """A shard and those it was split or merged from."""

    shard_id: str
    parents: tuple[str, ...] = ()


class Stream(Protocol):
    """A stream of either kind, through its own API."""

    def shards(self) -> list[Shard]:
        """List the shards."""

    def iterator(self, shard_id: str, position: str) -> str:
        """Begin after a sequence number, or at TRIM_HORIZON or LATEST."""

    def read(
        self, shard_id: str, iterator: str, limit: int
    ) -> tuple[Sequence[StreamRecord], str | None]:
        """Read at most so many records; with them the next iterator, None at a closed shard's end."""


class KinesisStream:
    """A Kinesis data stream."""

    def __init__(self, client: Any, stream_arn: str, *, role_arn: str) -> None:  # noqa: ANN401
        self._client = client
        self._arn = stream_arn
        self._role_arn = role_arn

    def shards(self) -> list[Shard]:
        """List the shards."""
        shards, asked = [], {"StreamARN": self._arn}
        while True:
            answer = self._client.list_shards(**asked)
            shards += [_shard(found) for found in answer["Shards"]]
            if not (token := answer.get("NextToken")):
                return shards
            asked = {"NextToken": token}

    def iterator(self, shard_id: str, position: str) -> str:
        """Begin after a sequence number, or at TRIM_HORIZON or LATEST."""
        answer = self._client.get_shard_iterator(
            StreamARN=self._arn, ShardId=shard_id, **_position(position, "StartingSequenceNumber")
        )
        return str(answer["ShardIterator"])

    def read(
        self, shard_id: str, iterator: str, limit: int
    ) -> tuple[Sequence[StreamRecord], str | None]:
        """Read at most so many records; with them the next iterator, None at a closed shard's end."""
        answer = self._client.get_records(
            StreamARN=self._arn, ShardIterator=iterator, Limit=min(limit, READ_LIMIT)
        )
        records = [
            kinesis_record(record, stream_arn=self._arn, shard_id=shard_id, role_arn=self._role_arn)
            for record in answer["Records"]
        ]
        return records, answer.get("NextShardIterator")


class DynamoDbStream:
    """The stream of a DynamoDB table."""

    def __init__(self, client: Any, stream_arn: str) -> None:  # noqa: ANN401
        self._client = client
        self._arn = stream_arn

    def shards(self) -> list[Shard]:
        """List the shards."""
        shards, asked = [], {"StreamArn": self._arn}
        while True:
            described = self._client.describe_stream(**asked)["StreamDescription"]
            shards += [_shard(found) for found in described["Shards"]]
            if not (last := described.get("LastEvaluatedShardId")):
                return shards
            asked = {"StreamArn": self._arn, "ExclusiveStartShardId": last}

    def iterator(self, shard_id: str, position: str) -> str:
        """Begin after a sequence number, or at TRIM_HORIZON or LATEST."""
        answer = self._client.get_shard_iterator(
            StreamArn=self._arn, ShardId=shard_id, **_position(position, "SequenceNumber")
        )
        return str(answer["ShardIterator"])

    def read(
        self, shard_id: str, iterator: str, limit: int
    ) -> tuple[Sequence[StreamRecord], str | None]:
        """Read at most so many records; with them the next iterator, None at a closed shard's end."""
        del shard_id
        answer = self._client.get_records(ShardIterator=iterator, Limit=min(limit, READ_LIMIT))
        records = [dynamodb_record(record, stream_arn=self._arn) for record in answer["Records"]]
        return records, answer.get("NextShardIterator")


class ShardReader:
    """Read one shard on and on; forgets its iterator when one expires and goes on from its position."""

    def __init__(self, stream: Stream, shard_id: str, *, position: str) -> None:
        self._stream = stream
        self._shard_id = shard_id
        self._position = position
        self._iterator: str | None = None
        self.is_at_end = False

    def read(self, limit: int) -> Sequence[StreamRecord]:
        """Read at most so many of the next records; none may also mean: not yet."""
        if self.is_at_end:
            return []
        if self._iterator is None:
            self._iterator = self._stream.iterator(self._shard_id, self._position)
        iterator, self._iterator = self._iterator, None
        # An iterator that fails, expired or not, is not used again.
        records, following = self._stream.read(self._shard_id, iterator, limit)
        if records:
            self._position = records[-1].sequence_number
        self._iterator = following
        self.is_at_end = following is None
        return records


def _shard(found: Mapping[str, Any]) -> Shard:
    parents = (found.get("ParentShardId"), found.get("AdjacentParentShardId"))
    return Shard(shard_id=found["ShardId"], parents=tuple(p for p in parents if p))


def _position(position: str, number_field: str) -> dict[str, str]:
    if position in {"TRIM_HORIZON", "LATEST"}:
        return {"ShardIteratorType": position}
    return {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", number_field: position}


StreamMaker = Callable[[str, str], Stream]
"""From a stream's and a function's ARN."""
