"""Poll a queue and deliver its messages, a thread for each poller. Used by `EventSources`."""

import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from botocore.exceptions import BotoCoreError, ClientError

from lambda_event_sources.drivers.functions import Functions
from lambda_event_sources.drivers.log import Log
from lambda_event_sources.drivers.queue_api import QueueApi
from lambda_event_sources.events import QueueMessage, encoded, lambda_event
from lambda_event_sources.mapping import EventSourceMapping
from lambda_event_sources.queues.queue_batcher import Deliver, QueueBatcher, Receive
from lambda_event_sources.queues.scaling import pollers_needed


class QueuePoller:
    """Gather batches from a queue, deliver them, and delete what was processed."""

    def __init__(
        self,
        mapping: EventSourceMapping,
        queue: QueueApi,
        *,
        functions: Functions,
        now: Callable[[], datetime],
        log: Log,
    ) -> None:
        self._mapping = mapping
        self._queue = queue
        self._functions = functions
        self._now = now
        self._log = log
        self._batcher = QueueBatcher(mapping)

    @property
    def is_empty(self) -> bool:
        """Tell whether the poller holds no message, so that it may end without a redelivery."""
        return self._batcher.is_empty

    def step(self) -> None:
        """Carry out one step: receive messages, waiting for them if need be, or deliver a batch."""
        match self._batcher.next_step(now=self._now()):
            case Receive(up_to=up_to, until=until):
                wait = _whole_seconds(until, self._now())
                received = self._queue.receive(up_to, wait_seconds=wait)
                self._drop(self._batcher.put(received, now=self._now()))
            case Deliver(messages=messages):
                event = encoded(lambda_event(messages))
                outcome = self._functions.invoke(self._mapping.function_arn, event)
                self._delete(self._batcher.settle(messages, outcome))

    def _drop(self, filtered_out: Sequence[QueueMessage]) -> None:
        if filtered_out:
            self._log("messages_filtered", mapping=self._mapping.uuid, messages=len(filtered_out))
        self._delete(filtered_out)

    def _delete(self, messages: Sequence[QueueMessage]) -> None:
        if failed := self._queue.delete(messages):
            self._log("delete_failed", mapping=self._mapping.uuid, messages=failed)


@dataclass(slots=True, kw_only=True)
class _Worker:
    """A poller and its thread; `retires` asks it to end as soon as it holds no message."""

    poller: QueuePoller
    thread: threading.Thread | None = None
    retires: threading.Event = field(default_factory=threading.Event)


class QueueDriver:
    """Drive one queue: add pollers while messages wait, and let them end when none do.

    Between one and *limit* pollers, never more than the mapping's maximum concurrency; a poller
    whose thread has died is replaced.
    """

    def __init__(
        self,
        mapping: EventSourceMapping,
        *,
        new_poller: Callable[[], QueuePoller],
        visible: Callable[[], int],
        limit: int,
        log: Log,
    ) -> None:
        self._mapping = mapping
        self._new_poller = new_poller
        self._visible = visible
        self._limit = limit
        self._log = log
        self._stop = threading.Event()
        self._workers: list[_Worker] = []
        self._retired: list[_Worker] = []

    @property
    def pollers(self) -> int:
        """Return how many pollers there are that were not asked to end."""
        return len(self._workers)

    def refresh(self) -> None:
        """Start and end pollers as the queue demands; called about every second."""
        if self._stop.is_set():
            return
        self._replace_dead()
        visible = self._visible() if self._limit > 1 else 0
        needed = pollers_needed(self._mapping, visible=visible, limit=self._limit)
        while len(self._workers) > needed:
            worker = self._workers.pop()
            worker.retires.set()
            self._retired.append(worker)
        while len(self._workers) < needed:
            self._start()

    def stop(self) -> None:
        """Ask all threads to end after their current step."""
        self._stop.set()

    @property
    def is_stopped(self) -> bool:
        """Tell whether all threads have ended."""
        return not any(map(_is_alive, [*self._workers, *self._retired]))

    def _replace_dead(self) -> None:
        dead = [worker for worker in self._workers if not _is_alive(worker)]
        for worker in dead:
            self._log("poller_died", mapping=self._mapping.uuid)
            self._workers.remove(worker)
        self._retired = [worker for worker in self._retired if _is_alive(worker)]

    def _start(self) -> None:
        worker = _Worker(poller=self._new_poller())
        worker.thread = threading.Thread(
            target=self._run, args=(worker,), daemon=True, name=self._mapping.uuid
        )
        self._workers.append(worker)
        self._log("poller_started", mapping=self._mapping.uuid, pollers=len(self._workers))
        worker.thread.start()

    def _run(self, worker: _Worker) -> None:
        while not self._stop.is_set() and not (worker.retires.is_set() and worker.poller.is_empty):
            try:
                worker.poller.step()
            except (BotoCoreError, ClientError) as error:
                self._log("queue_failed", mapping=self._mapping.uuid, error=type(error).__name__)
                self._stop.wait(_AFTER_A_FAILURE)
            except Exception:  # noqa: BLE001 - a bug: log it; the messages become visible again
                self._log("poller_failed", mapping=self._mapping.uuid)
                traceback.print_exc()
                self._stop.wait(_AFTER_A_FAILURE)


def _is_alive(worker: _Worker) -> bool:
    return worker.thread is not None and worker.thread.is_alive()


_AFTER_A_FAILURE = 1.0
# The longest wait of a receive, in seconds: a poller that has to stop ends within that time.
_LONGEST_WAIT = 2


def _whole_seconds(until: datetime | None, now: datetime) -> int:
    """Return the time left in whole seconds, as ReceiveMessage takes them, rounded up."""
    if until is None:
        return _LONGEST_WAIT
    return max(0, min(_LONGEST_WAIT, int(-((now - until).total_seconds() // 1))))
