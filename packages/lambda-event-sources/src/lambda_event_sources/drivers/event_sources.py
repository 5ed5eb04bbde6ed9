"""Run all event source mappings of an account or an emulator. Used by programs: start here."""

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import boto3

from lambda_event_sources.drivers.clients import Clients
from lambda_event_sources.drivers.destinations import Destinations
from lambda_event_sources.drivers.functions import Functions
from lambda_event_sources.drivers.log import Log, to_logging
from lambda_event_sources.drivers.mappings import Driver, MappingSupervisor
from lambda_event_sources.drivers.queue_api import QueueApi
from lambda_event_sources.drivers.queues import QueueDriver, QueuePoller
from lambda_event_sources.drivers.stream_apis import DynamoDbStream, KinesisStream
from lambda_event_sources.drivers.streams import ShardDriver, StreamDriver
from lambda_event_sources.mapping import EventSourceMapping, SourceKind
from lambda_event_sources.streams.backoff import Backoff
from lambda_event_sources.streams.shard_reader import ShardReader, Stream
from lambda_event_sources.streams.shard_sequencer import Positions


class EventSources:
    """Poll the sources of all enabled mappings and invoke their functions, until `stop`.

    Mappings are listed again every second: new ones are started, changed ones replaced where they
    were, deleted ones stopped. A mapping with settings that are not modelled is left alone.

    - `session`: a boto3 session, whose credentials and Region are used
    - `endpoint_url`: an emulator's address; None for AWS itself
    - `queue_pollers`: how many batches of one queue are in flight at most; one poller is added
      for each batch that waits, within the mapping's own MaximumConcurrency
    - `backoff`: the waits before a failed batch of a stream is delivered again
    - `log`: is called with an event slug and fields; see `drivers.log`
    - `save_positions`: is given the checkpoints of all mappings, about every second
    """

    def __init__(
        self,
        session: boto3.Session,
        *,
        endpoint_url: str | None = None,
        queue_pollers: int = 5,
        backoff: Backoff | None = None,
        log: Log = to_logging,
        save_positions: Callable[[Mapping[str, Positions]], None] | None = None,
    ) -> None:
        self._clients = clients = Clients(session, endpoint_url)
        self._functions = Functions(clients.lambda_, log=log)
        self._destinations = Destinations(
            s3=clients.destination_s3,
            sqs=clients.destination_sqs,
            sns=clients.destination_sns,
            log=log,
        )
        self._queue_pollers = queue_pollers
        self._backoff = backoff or Backoff()
        self._log = log
        self._stopped = threading.Event()
        self._supervisor = MappingSupervisor(
            list_mappings=self._list_mappings,
            make_driver=self._driver,
            log=log,
            save_positions=save_positions or (lambda _: None),
        )

    def start(self) -> None:
        """Begin, in threads of its own that end with the process."""
        threading.Thread(target=self.run, daemon=True, name="event-sources").start()

    def run(self) -> None:
        """Do the same in the calling thread; returns after `stop`."""
        self._supervisor.run(self._stopped)

    def stop(self) -> None:
        """Look for no more mappings."""
        self._stopped.set()

    def _list_mappings(self) -> list[Mapping[str, Any]]:
        pages = self._clients.lambda_.get_paginator("list_event_source_mappings").paginate()
        return [entry for page in pages for entry in page["EventSourceMappings"]]

    def _driver(self, mapping: EventSourceMapping, positions: Positions) -> Driver:
        if mapping.kind is SourceKind.SQS:
            return self._queue_driver(mapping)
        return StreamDriver(
            mapping,
            stream=partial(self._stream, mapping),
            positions=positions,
            driver=self._shard_driver,
            log=self._log,
        )

    def _queue_driver(self, mapping: EventSourceMapping) -> Driver:
        queue = QueueApi(self._clients.sqs, mapping.source_arn)
        return QueueDriver(
            mapping,
            new_poller=lambda: QueuePoller(
                mapping, queue, functions=self._functions, now=_now, log=self._log
            ),
            visible=queue.visible,
            limit=self._queue_pollers,
            log=self._log,
        )

    def _stream(self, mapping: EventSourceMapping) -> Stream:
        if mapping.kind is SourceKind.DYNAMODB:
            return DynamoDbStream(self._clients.dynamodb_streams, mapping.source_arn)
        role_arn = self._functions.role_of(mapping.function_arn)
        return KinesisStream(self._clients.kinesis, mapping.source_arn, role_arn=role_arn)

    def _shard_driver(self, mapping: EventSourceMapping, reader: ShardReader) -> ShardDriver:
        return ShardDriver(
            mapping,
            reader,
            functions=self._functions,
            destinations=self._destinations,
            backoff=self._backoff,
            now=_now,
            log=self._log,
        )


def _now() -> datetime:
    return datetime.now(UTC)
