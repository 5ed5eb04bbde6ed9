"""Read the shards and records of Kinesis and DynamoDB streams. Used by the stream driver."""

from collections.abc import Mapping, Sequence
from typing import Any

from lambda_event_sources.events import StreamRecord, dynamodb_record, kinesis_record
from lambda_event_sources.streams.shard_sequencer import Position, Shard

READ_LIMIT = 1000  # records a read; DynamoDB streams allow no more


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

    def iterator(self, shard_id: str, position: Position) -> str:
        """Return an iterator that begins at a position."""
        answer = self._client.get_shard_iterator(
            StreamARN=self._arn, ShardId=shard_id, **_position(position, "StartingSequenceNumber")
        )
        return str(answer["ShardIterator"])

    def read(
        self, shard_id: str, iterator: str, limit: int
    ) -> tuple[Sequence[StreamRecord], str | None]:
        """Return at most *limit* records and the next iterator, None at the end of a closed shard."""
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

    def iterator(self, shard_id: str, position: Position) -> str:
        """Return an iterator that begins at a position."""
        answer = self._client.get_shard_iterator(
            StreamArn=self._arn, ShardId=shard_id, **_position(position, "SequenceNumber")
        )
        return str(answer["ShardIterator"])

    def read(
        self, shard_id: str, iterator: str, limit: int
    ) -> tuple[Sequence[StreamRecord], str | None]:
        """Return at most *limit* records and the next iterator, None at the end of a closed shard."""
        del shard_id
        answer = self._client.get_records(ShardIterator=iterator, Limit=min(limit, READ_LIMIT))
        records = [dynamodb_record(record, stream_arn=self._arn) for record in answer["Records"]]
        return records, answer.get("NextShardIterator")


def _shard(found: Mapping[str, Any]) -> Shard:
    parents = (found.get("ParentShardId"), found.get("AdjacentParentShardId"))
    return Shard(shard_id=found["ShardId"], parents=tuple(p for p in parents if p))


def _position(position: Position, number_field: str) -> dict[str, Any]:
    asked: dict[str, Any] = {"ShardIteratorType": position.kind}
    if position.number:
        asked[number_field] = position.number
    if position.at:
        asked["Timestamp"] = position.at
    return asked
