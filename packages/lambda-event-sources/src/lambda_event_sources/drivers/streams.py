"""Poll a stream and deliver its records, a thread for each shard. Used by `EventSources`."""

import threading
import traceback
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from lambda_event_sources.drivers.destinations import Destinations
from lambda_event_sources.drivers.functions import Functions
from lambda_event_sources.drivers.idle_backoff import IdleBackoff
from lambda_event_sources.drivers.log import Log
from lambda_event_sources.events import encoded, lambda_event
from lambda_event_sources.mapping import EventSourceMapping
from lambda_event_sources.on_failure import DiscardBatch
from lambda_event_sources.streams.backoff import Backoff
from lambda_event_sources.streams.shard_batcher import ShardBatcher
from lambda_event_sources.streams.shard_reader import ShardReader, Stream
from lambda_event_sources.streams.shard_sequencer import Position, Positions, ShardSequencer
from lambda_event_sources.streams.steps import Invoke, Wait

if TYPE_CHECKING:
    from lambda_event_sources.outcomes import Outcome


class ShardDriver:
    """Drive one shard's lanes, with a thread for each invocation."""

    def __init__(
        self,
        mapping: EventSourceMapping,
        reader: ShardReader,
        *,
        functions: Functions,
        destinations: Destinations,
        backoff: Backoff,
        now: Callable[[], datetime],
        log: Log,
    ) -> None:
        self._mapping = mapping
        self._log = log
        self._reader = reader
        self._shard_id = reader.shard_id
        self._functions = functions
        self._destinations = destinations
        self._source = ShardBatcher(
            mapping, shard_id=reader.shard_id, position=reader.position, backoff=backoff
        )
        self._now = now
        self._threads = ThreadPoolExecutor(
            mapping.parallelization_factor, thread_name_prefix=reader.shard_id
        )
        self._in_flight: dict[Future[Outcome], int] = {}

    @property
    def position(self) -> Position:
        """Return the checkpoint, from which a successor continues."""
        return self._source.position

    @property
    def is_finished(self) -> bool:
        """Tell whether the shard is closed and wholly processed."""
        return self._source.is_finished

    def step(self, *, rest: float = 0.0) -> bool:
        """Settle finished invocations, read what there is room for, carry out one step.

        Returns whether there was anything to do; waits up to *rest* seconds for an invocation in flight.
        """
        settled = self._settle_finished(rest)
        read = self._read()
        match self._source.next_step(now=self._now()):
            case Invoke(records=records, lane=lane, window_fields=window_fields):
                event = encoded(lambda_event(records, window_fields))
                invocation = self._threads.submit(
                    self._functions.invoke, self._mapping.function_arn, event
                )
                self._in_flight[invocation] = lane
            case DiscardBatch() as discarded:
                self._destinations.send(
                    discarded, self._mapping, shard_id=self._shard_id, now=self._now()
                )
            case Wait():
                return settled or read
        return True

    def close(self) -> None:
        """Wait for the invocations in flight and settle them."""
        while self._in_flight:
            self._settle_finished(None)
        self._threads.shutdown()

    @property
    def is_waiting(self) -> bool:
        """Tell whether an invocation is in flight."""
        return bool(self._in_flight)

    def _read(self) -> bool:
        capacity, now = self._source.capacity, self._now()
        read = self._reader.read(capacity) if capacity else ()
        if capacity and not read:
            self._source.note_read_until(now)
        if filtered_out := self._source.put(read, now=self._now()):
            self._log(
                "records_filtered",
                mapping=self._mapping.uuid,
                shard=self._shard_id,
                records=len(filtered_out),
            )
        if self._reader.is_at_end:
            self._source.end()
        return bool(read)

    def _settle_finished(self, timeout: float | None) -> bool:
        settled, _ = wait(self._in_flight, timeout=timeout, return_when=FIRST_COMPLETED)
        for invocation in settled:
            lane = self._in_flight.pop(invocation)
            self._source.settle(lane, invocation.result(), now=self._now())
        return bool(settled)


class StreamDriver:
    """Drive a stream: list its shards and start a thread for each that is ready.

    A shard whose thread fails is logged and starts again from its checkpoint.
    """

    def __init__(
        self,
        mapping: EventSourceMapping,
        *,
        stream: Callable[[], Stream],
        positions: Positions,
        driver: Callable[[EventSourceMapping, ShardReader], ShardDriver],
        log: Log,
    ) -> None:
        self._mapping = mapping
        self._make_stream = stream
        self._stream: Stream | None = None
        self._sequencer = ShardSequencer(mapping, positions)
        self._make_driver = driver
        self._log = log
        self._stop = threading.Event()
        self._threads: dict[str, threading.Thread] = {}

    def refresh(self) -> None:
        """List the shards and start those that are ready; called about every second."""
        if self._stop.is_set():
            return
        if self._stream is None:
            self._stream = self._make_stream()
        for shard_id, position in self._sequencer.ready_shards(self._stream.shards()):
            self._start(self._stream, shard_id, position)

    def stop(self) -> None:
        """Ask the threads to end after the invocations in flight."""
        self._stop.set()

    @property
    def is_stopped(self) -> bool:
        """Tell whether all threads have ended; then the checkpoints are final."""
        return not any(thread.is_alive() for thread in self._threads.values())

    def _start(self, stream: Stream, shard_id: str, position: Position) -> None:
        reader = ShardReader(stream, shard_id, position=position)
        driver = self._make_driver(self._mapping, reader)
        thread = threading.Thread(
            target=self._run, args=(driver, shard_id), daemon=True, name=shard_id
        )
        self._threads[shard_id] = thread
        self._log(
            "shard_started", mapping=self._mapping.uuid, shard=shard_id, position=str(position)
        )
        thread.start()

    def _run(self, driver: ShardDriver, shard_id: str) -> None:
        try:
            self._drive(driver, shard_id)
            driver.close()
        except Exception:  # noqa: BLE001 - a bug in one shard: log it, continue from the checkpoint
            self._log("shard_failed", shard=shard_id)
            traceback.print_exc()
            self._sequencer.checkpoint(shard_id, driver.position)
            self._sequencer.release(shard_id)
            return
        self._sequencer.checkpoint(shard_id, driver.position)
        if driver.is_finished:
            self._sequencer.finish(shard_id)

    def _drive(self, driver: ShardDriver, shard_id: str) -> None:
        pace, rest = IdleBackoff(), 0.0
        while not self._stop.is_set() and not driver.is_finished:
            try:
                rest = pace.rest_after(work=driver.step(rest=rest))
            except (BotoCoreError, ClientError) as error:
                self._log("read_failed", shard=shard_id, error=type(error).__name__)
                rest = _AFTER_A_FAILURE
            self._sequencer.checkpoint(shard_id, driver.position)
            if rest and not driver.is_waiting:
                self._stop.wait(rest)


_AFTER_A_FAILURE = 1.0
