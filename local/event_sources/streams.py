"""A mapping of a stream comes in; its shards' records are brought to the function, a thread a shard."""

import threading
import traceback
from collections.abc import Callable
from datetime import datetime

from botocore.exceptions import BotoCoreError, ClientError

from local.event_source_model.events import encoded, lambda_event
from local.event_source_model.give_up import GivenUp
from local.event_source_model.lane import Backoff, Invoke, Lane, Wait
from local.event_source_model.mapping import EventSourceMapping
from local.event_sources.destinations import Destinations
from local.event_sources.functions import Functions
from local.event_sources.pace import Pace
from local.event_sources.shards import Shard, ShardReader, Stream
from local.journal import Journal


class ShardDriver:
    """Drive one shard's lane; `position` is where a successor would go on."""

    def __init__(
        self,
        mapping: EventSourceMapping,
        reader: ShardReader,
        *,
        shard_id: str,
        position: str,
        functions: Functions,
        destinations: Destinations,
        backoff: Backoff,
        now: Callable[[], datetime],
    ) -> None:
        self._mapping = mapping
        self._reader = reader
        self._shard_id = shard_id
        self._began_at = position
        self._functions = functions
        self._destinations = destinations
        self._lane = Lane(mapping, backoff=backoff)
        self._now = now

    @property
    def position(self) -> str:
        """Say where to go on: after what is done, or where this driver began."""
        return self._lane.checkpoint or self._began_at

    @property
    def is_finished(self) -> bool:
        """Tell whether the shard is closed and all of it is done."""
        return self._reader.is_at_end and self._lane.is_empty

    def work(self) -> bool:
        """Read what there is room for and carry out one step; tell whether there was anything to do."""
        read = self._reader.read(self._lane.room) if self._lane.room else ()
        self._lane.put(read, now=self._now())
        match self._lane.next_step(now=self._now()):
            case Invoke(records=records):
                event = encoded(lambda_event(records))
                outcome = self._functions.invoke(self._mapping.function_arn, event)
                self._lane.settle(outcome, now=self._now())
            case GivenUp() as given_up:
                self._destinations.send(
                    given_up, self._mapping, shard_id=self._shard_id, now=self._now()
                )
            case Wait():
                return bool(read)
        return True


class StreamDriver:
    """Drive a stream: look for shards, start a thread for each whose parents are done."""

    def __init__(
        self,
        mapping: EventSourceMapping,
        *,
        stream: Callable[[], Stream],
        positions: dict[str, str],
        driver: Callable[[EventSourceMapping, ShardReader, str, str], ShardDriver],
        journal: Journal,
    ) -> None:
        self._mapping = mapping
        self._make_stream = stream
        self._stream: Stream | None = None
        self._positions = positions
        self._make_driver = driver
        self._journal = journal
        self._stop = threading.Event()
        self._drivers: dict[str, tuple[ShardDriver, threading.Thread]] = {}

    def tend(self) -> None:
        """Start what is to be started; call it every now and then."""
        if self._stop.is_set():
            return
        if self._stream is None:
            self._stream = self._make_stream()
        shards = self._stream.shards()
        is_first_look = not self._drivers and not self._positions
        beginning = self._mapping.starting_position if is_first_look else "TRIM_HORIZON"
        for shard in shards:
            if shard.shard_id not in self._drivers and self._may_begin(shard, shards):
                self._begin(shard, self._positions.get(shard.shard_id, beginning))

    def stop(self) -> None:
        """Ask the threads to end after the invocation they are in."""
        self._stop.set()

    @property
    def is_stopped(self) -> bool:
        """Tell whether all threads have ended; then the positions are final."""
        return not any(thread.is_alive() for _, thread in self._drivers.values())

    def _may_begin(self, shard: Shard, shards: list[Shard]) -> bool:
        """Parents before children, or a key's newer records would overtake its older ones."""
        listed = {other.shard_id for other in shards}
        return all(
            parent in self._drivers and self._drivers[parent][0].is_finished
            for parent in shard.parents
            if parent in listed
        )

    def _begin(self, shard: Shard, position: str) -> None:
        if self._stream is None:
            return
        reader = ShardReader(self._stream, shard.shard_id, position=position)
        driver = self._make_driver(self._mapping, reader, shard.shard_id, position)
        thread = threading.Thread(
            target=self._run, args=(driver, shard.shard_id), daemon=True, name=shard.shard_id
        )
        self._drivers[shard.shard_id] = (driver, thread)
        self._journal(
            "shard_begun", mapping=self._mapping.uuid, shard=shard.shard_id, position=position
        )
        thread.start()

    def _run(self, driver: ShardDriver, shard_id: str) -> None:
        pace = Pace()
        while not self._stop.is_set() and not driver.is_finished:
            try:
                rest = pace.rest_after(work=driver.work())
            except (BotoCoreError, ClientError) as error:
                self._journal("read_failed", shard=shard_id, error=type(error).__name__)
                rest = _AFTER_A_FAILURE
            except Exception:  # noqa: BLE001 - a bug in one lane: tell it, go on from what is done
                self._journal("shard_failed", shard=shard_id)
                traceback.print_exc()
                del self._drivers[shard_id]
                return
            finally:
                self._positions[shard_id] = driver.position
            if rest:
                self._stop.wait(rest)


_AFTER_A_FAILURE = 1.0
