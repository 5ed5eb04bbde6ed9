"""A mapping of a queue comes in; its messages are delivered to the function, a thread a poller."""

import threading
import traceback
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambda_event_sources.drivers.functions import Functions
from lambda_event_sources.drivers.log import Log
from lambda_event_sources.events import QueueMessage, encoded, lambda_event, sqs_message
from lambda_event_sources.mapping import EventSourceMapping
from lambda_event_sources.queues.queue_batcher import RECEIVE_LIMIT, Deliver, QueueBatcher, Receive


class QueuePoller:
    """Gather batches from a queue, bring them, delete what went through."""

    def __init__(
        self,
        mapping: EventSourceMapping,
        sqs: Any,  # noqa: ANN401
        *,
        functions: Functions,
        now: Callable[[], datetime],
        log: Log,
    ) -> None:
        self._mapping = mapping
        self._sqs = sqs
        self._functions = functions
        self._now = now
        self._log = log
        self._gatherer = QueueBatcher(mapping)
        self._url = ""

    def step(self) -> None:
        """Carry out one step: receive, waiting for messages if need be, or bring a batch."""
        match self._gatherer.next_step(now=self._now()):
            case Receive() as step:
                filtered_out = self._gatherer.put(self._receive(step), now=self._now())
                self._drop(filtered_out)
            case Deliver(messages=messages):
                event = encoded(lambda_event(messages))
                outcome = self._functions.invoke(self._mapping.function_arn, event)
                self._delete(self._gatherer.settle(messages, outcome))

    def _receive(self, step: Receive) -> list[QueueMessage]:
        if not self._url:
            name = self._mapping.source_arn.rpartition(":")[2]
            self._url = self._sqs.get_queue_url(QueueName=name)["QueueUrl"]
        answer = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=step.up_to,
            WaitTimeSeconds=_whole_seconds(step.until, self._now()),
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        found = answer.get("Messages", ())
        return [sqs_message(message, queue_arn=self._mapping.source_arn) for message in found]

    def _drop(self, filtered_out: Sequence[QueueMessage]) -> None:
        if filtered_out:
            self._log("messages_filtered", mapping=self._mapping.uuid, messages=len(filtered_out))
        self._delete(filtered_out)

    def _delete(self, messages: Sequence[QueueMessage]) -> None:
        for first in range(0, len(messages), RECEIVE_LIMIT):
            ten = messages[first : first + RECEIVE_LIMIT]
            answer = self._sqs.delete_message_batch(
                QueueUrl=self._url,
                Entries=[
                    {"Id": str(n), "ReceiptHandle": message.receipt_handle}
                    for n, message in enumerate(ten)
                ],
            )
            if failed := answer.get("Failed"):
                self._log("delete_failed", mapping=self._mapping.uuid, messages=len(failed))


class QueueDriver:
    """Drive a queue with one or more pollers."""

    def __init__(
        self,
        mapping: EventSourceMapping,
        pollers: Sequence[QueuePoller],
        *,
        log: Log,
    ) -> None:
        self._mapping = mapping
        self._log = log
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(poller,), daemon=True, name=mapping.uuid)
            for poller in pollers
        ]

    def refresh(self) -> None:
        """Start what is to be started; call it every now and then."""
        for thread in self._threads:
            if thread.ident is None and not self._stop.is_set():
                self._log("queue_started", mapping=self._mapping.uuid)
                thread.start()

    def stop(self) -> None:
        """Ask the threads to end after the step they are in."""
        self._stop.set()

    @property
    def is_stopped(self) -> bool:
        """Tell whether all threads have ended."""
        return not any(thread.is_alive() for thread in self._threads)

    def _run(self, poller: QueuePoller) -> None:
        while not self._stop.is_set():
            try:
                poller.step()
            except (BotoCoreError, ClientError) as error:
                self._log("queue_failed", mapping=self._mapping.uuid, error=type(error).__name__)
                self._stop.wait(_AFTER_A_FAILURE)
            except Exception:  # noqa: BLE001 - a bug: tell it; the messages come back
                self._log("poller_failed", mapping=self._mapping.uuid)
                traceback.print_exc()
                self._stop.wait(_AFTER_A_FAILURE)


_AFTER_A_FAILURE = 1.0
# How long a receive waits at leisure, in seconds: as long as a poller that is to stop may take.
_LEISURE = 2


def _whole_seconds(until: datetime | None, now: datetime) -> int:
    """ReceiveMessage waits whole seconds; rounded up, or a poller would spin in the last one."""
    if until is None:
        return _LEISURE
    return max(0, min(_LEISURE, int(-((now - until).total_seconds() // 1))))
