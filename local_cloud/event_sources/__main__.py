"""The event sources as a process: the local cloud's address comes in, `ready` goes out."""

import argparse
import signal
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from local_cloud.clients import client_of
from local_cloud.environment import REGION
from local_cloud.event_source_model.lane import Backoff
from local_cloud.event_source_model.lineage import Positions
from local_cloud.event_source_model.mapping import EventSourceMapping, Kind
from local_cloud.event_source_model.reader import ShardReader, Stream
from local_cloud.event_sources.destinations import Destinations
from local_cloud.event_sources.functions import Functions
from local_cloud.event_sources.queues import QueueDriver, QueuePoller
from local_cloud.event_sources.shards import DynamoDbStream, KinesisStream
from local_cloud.event_sources.streams import ShardDriver, StreamDriver
from local_cloud.event_sources.supervisor import Driver, Supervisor
from local_cloud.journal import journal_of
from local_cloud.lifeline import when_owner_ends
from local_cloud.metric_extraction.extractor import Extractor
from local_cloud.on_the_way import KeptPositions


def main() -> None:
    """Drive what is deployed until the owner ends or says so."""
    asked = _arguments()
    journal = journal_of("event_sources")
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _n, _f: stop.set())
    signal.signal(signal.SIGINT, lambda _n, _f: stop.set())
    when_owner_ends(stop.set)
    wiring = _Wiring(asked)
    supervisor = Supervisor(
        list_mappings=wiring.mappings,
        drive=wiring.drive,
        journal=journal,
        keep=KeptPositions(asked.positions).keep,
    )
    extractor = Extractor(asked.endpoint, region=asked.region, now=_now, journal=journal)
    for work in (supervisor.run, extractor.run):
        threading.Thread(target=work, args=(stop,), daemon=True).start()
    print("ready", flush=True)
    stop.wait()
    journal("stopped")


class _Wiring:
    """Make each driver from the clients it needs."""

    def __init__(self, asked: argparse.Namespace) -> None:
        self._journal = journal_of("event_sources")
        client: Callable[..., Any] = partial(
            client_of, endpoint=asked.endpoint, region=asked.region, connections=64
        )
        self._lambda = client("lambda")
        self._kinesis = client("kinesis")
        self._dynamodb_streams = client("dynamodbstreams")
        self._sqs = client("sqs")
        self._functions = Functions(asked.endpoint, region=asked.region, journal=self._journal)
        self._destinations = Destinations(
            asked.endpoint, region=asked.region, journal=self._journal
        )
        self._backoff = Backoff(
            first=timedelta(seconds=asked.first_backoff), most=timedelta(seconds=10)
        )
        self._pollers = asked.queue_pollers

    def mappings(self) -> list[Mapping[str, Any]]:
        """List what is deployed."""
        pages = self._lambda.get_paginator("list_event_source_mappings").paginate()
        return [entry for page in pages for entry in page["EventSourceMappings"]]

    def drive(self, mapping: EventSourceMapping, positions: Positions) -> Driver:
        """Make what drives the mapping."""
        if mapping.kind is Kind.SQS:
            pollers = [
                QueuePoller(
                    mapping,
                    self._sqs,
                    functions=self._functions,
                    now=_now,
                    journal=self._journal,
                )
                for _ in range(self._pollers)
            ]
            return QueueDriver(mapping, pollers, journal=self._journal)
        return StreamDriver(
            mapping,
            stream=partial(self._stream, mapping),
            positions=positions,
            driver=self._shard_driver,
            journal=self._journal,
        )

    def _stream(self, mapping: EventSourceMapping) -> Stream:
        if mapping.kind is Kind.DYNAMODB:
            return DynamoDbStream(self._dynamodb_streams, mapping.source_arn)
        role_arn = self._functions.role_of(mapping.function_arn)
        return KinesisStream(self._kinesis, mapping.source_arn, role_arn=role_arn)

    def _shard_driver(self, mapping: EventSourceMapping, reader: ShardReader) -> ShardDriver:
        return ShardDriver(
            mapping,
            reader,
            functions=self._functions,
            destinations=self._destinations,
            backoff=self._backoff,
            now=_now,
            journal=self._journal,
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m local_cloud.event_sources", description=_DESCRIPTION
    )
    parser.add_argument("--endpoint", required=True, help="the local cloud, http://127.0.0.1:PORT")
    parser.add_argument("--region", default=REGION)
    parser.add_argument("--positions", type=Path, required=True, help="the file to keep them in")
    parser.add_argument("--queue-pollers", type=int, default=1, help="batches at once, a queue")
    parser.add_argument("--first-backoff", type=float, default=0.5, metavar="SECONDS")
    return parser.parse_args()


_DESCRIPTION = "Bring records to the functions that are deployed, and their metrics to CloudWatch."


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
