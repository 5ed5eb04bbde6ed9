"""Count what is in flight in a local cloud: records and messages that no function has finished. Used by the command line, and by chaos and soak runs.

The event sources save how far they have come in each stream (`PositionsFile`). Records of the
stream after that position are in flight, also those that nothing has read yet.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msgspec import json

from lambda_event_sources.drivers.stream_apis import READ_LIMIT, KinesisStream
from lambda_event_sources.streams.shard_sequencer import TRIM_HORIZON, Position, Positions
from local_cloud.clients import client_of
from local_cloud.supervisor.state import POSITIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class InFlight:
    """*records* on streams that no function has finished, and *messages* in queues."""

    records: int = 0
    messages: int = 0

    def __bool__(self) -> bool:
        """Whether anything is in flight."""
        return bool(self.records or self.messages)

    def __str__(self) -> str:
        """Write it for a person."""
        kinds = [(self.records, "record", "on the stream"), (self.messages, "message", "in queues")]
        return ", ".join(
            f"{count} {thing}{'' if count == 1 else 's'} {where}"
            for count, thing, where in kinds
            if count
        )


class PositionsFile:
    """The file in which the event sources save their positions."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._saved = b""

    def save(self, positions: Mapping[str, Positions]) -> None:
        """Replace the saved positions, by mapping and shard, in one step."""
        # Copied first: each shard's thread moves its own position on meanwhile.
        content = json.encode({mapping: dict(shards) for mapping, shards in positions.items()})
        if content == self._saved:
            return
        draft = self._file.with_suffix(".new")
        draft.write_bytes(content)
        draft.replace(self._file)
        self._saved = content


def in_flight(folder: Path, endpoint: str, *, but_queue: str = "") -> InFlight:
    """Count what is in flight in the local cloud in *folder*, leaving out one queue (by name or URL).

    The count may be too high, never too low: positions are saved up to a second late. Of a shard
    at most as many records are counted as one read returns.
    """
    records = messages = 0
    for entry, count in _counted(folder, endpoint):
        source = str(entry["EventSourceArn"])
        if ":kinesis:" in source:
            records += count
        elif _name(source) != _name(but_queue):
            messages += count
    return InFlight(records=records, messages=messages)


def backlogs(folder: Path, endpoint: str) -> dict[str, int]:
    """Count what each function has not finished, by its ARN: records of the stream, or messages."""
    return {str(entry["FunctionArn"]): count for entry, count in _counted(folder, endpoint)}


def _counted(folder: Path, endpoint: str) -> Iterator[tuple[Mapping[str, Any], int]]:
    """Yield each mapping of the orders' stream or a queue, with what is left there."""
    lambda_, kinesis, sqs = (client_of(name, endpoint=endpoint) for name in _SERVICES)
    positions = _positions(folder / POSITIONS)
    for page in lambda_.get_paginator("list_event_source_mappings").paginate():
        for entry in page["EventSourceMappings"]:
            source = str(entry["EventSourceArn"])
            if ":kinesis:" in source:
                stream = KinesisStream(kinesis, source, role_arn="")
                yield entry, _behind(stream, positions.get(entry["UUID"], {}))
            elif ":sqs:" in source:
                yield entry, _in_queue(sqs, _name(source))


_SERVICES = ("lambda", "kinesis", "sqs")
_COUNTS = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
]


def _positions(file: Path) -> dict[str, Positions]:
    try:
        return json.decode(file.read_bytes(), type=dict[str, Positions])
    except FileNotFoundError:
        return {}


def _behind(stream: KinesisStream, positions: Mapping[str, Position]) -> int:
    return sum(
        len(stream.read(shard, stream.iterator(shard, position), READ_LIMIT)[0])
        for shard, position in (
            (each.shard_id, positions.get(each.shard_id, TRIM_HORIZON)) for each in stream.shards()
        )
    )


def _in_queue(sqs: Any, name: str) -> int:  # noqa: ANN401
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=_COUNTS)["Attributes"]
    return sum(int(found.get(each, 0)) for each in _COUNTS)


def _name(queue: str) -> str:
    return queue.replace("/", ":").rpartition(":")[2]
