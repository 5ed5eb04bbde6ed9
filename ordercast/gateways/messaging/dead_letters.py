"""List, send back and delete the messages of a dead-letter queue. Used by the redrive."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ordercast.errors import QueueUnavailable
from ordercast.gateways.unavailable import raised_as
from ordercast.parked.item import DeadLetter

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType
    from mypy_boto3_sqs.type_defs import MessageTypeDef

ENTRIES_A_CALL = 10

# Held for as long as an operator's command may take; let go of at its end.
HELD = 600  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class SqsDeadLetters:
    """The messages of one dead-letter queue; *source* is the URL of the queue they go back to.

    Raises `QueueUnavailable`. Looking hides each message for a while; `let_go` shows it again.
    """

    client: "SQSClient"
    url: str
    source: str

    @property
    def name(self) -> str:
        """What the queue is called."""
        return self.url.rpartition("/")[2]

    def look(self) -> Iterator[DeadLetter]:
        """Return the dead letters, each once, until the queue gives no more.

        A call waits only while the queue says that it holds more: that count may be a minute old.
        """
        seen: set[str] = set()
        counted = self._count()
        while True:
            with _translated(self.name):
                answer = self.client.receive_message(
                    QueueUrl=self.url,
                    MaxNumberOfMessages=ENTRIES_A_CALL,
                    VisibilityTimeout=HELD,
                    WaitTimeSeconds=1 if len(seen) < counted else 0,
                    MessageSystemAttributeNames=["SentTimestamp"],
                )
            fresh = [m for m in answer.get("Messages", []) if m["MessageId"] not in seen]
            if not fresh:
                return
            seen |= {message["MessageId"] for message in fresh}
            yield from map(_letter, fresh)

    def _count(self) -> int:
        with _translated(self.name):
            answer = self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=[_VISIBLE])
        return int(answer["Attributes"][_VISIBLE])

    def send_back(self, letters: Sequence[DeadLetter]) -> set[str]:
        """Put each on the queue it came from; answer the ids that were taken."""
        send = self.client.send_message_batch
        return self._batched(send, self.source, letters, lambda each: {"MessageBody": each.body})

    def remove(self, letters: Sequence[DeadLetter]) -> set[str]:
        """Delete each; answer the ids that are gone."""
        delete = self.client.delete_message_batch
        return self._batched(delete, self.url, letters, lambda each: {"ReceiptHandle": each.handle})

    def let_go(self, letters: Sequence[DeadLetter]) -> None:
        """Let each be seen by others again at once."""
        self._batched(
            self.client.change_message_visibility_batch,
            self.url,
            letters,
            lambda each: {"ReceiptHandle": each.handle, "VisibilityTimeout": 0},
        )

    def _batched(
        self,
        call: Callable[..., Mapping[str, Any]],
        queue: str,
        letters: Sequence[DeadLetter],
        entry: Callable[[DeadLetter], Mapping[str, Any]],
    ) -> set[str]:
        """Make a batch call on *queue* for every ten letters; answer the ids of which it succeeded."""
        done: set[str] = set()
        for start in range(0, len(letters), ENTRIES_A_CALL):
            chunk = letters[start : start + ENTRIES_A_CALL]
            entries = [{"Id": str(place), **entry(each)} for place, each in enumerate(chunk)]
            with _translated(self.name):
                answer = call(QueueUrl=queue, Entries=entries)
            done |= {chunk[int(each["Id"])].id for each in answer.get("Successful", [])}
        return done


def dead_letters_of(client: "SQSClient", queue: str) -> SqsDeadLetters:
    """Return the dead letters of the queue at that URL: the queue itself names where they go."""
    name = queue.rpartition("/")[2]
    with _translated(name):
        answer = client.get_queue_attributes(QueueUrl=queue, AttributeNames=["RedrivePolicy"])
        arn = json.loads(answer["Attributes"]["RedrivePolicy"])["deadLetterTargetArn"]
        url = client.get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"]
    return SqsDeadLetters(client=client, url=url, source=queue)


_VISIBLE: "QueueAttributeNameType" = "ApproximateNumberOfMessages"


def _letter(message: "MessageTypeDef") -> DeadLetter:
    milliseconds = int(message["Attributes"]["SentTimestamp"])
    return DeadLetter(
        id=message["MessageId"],
        body=message["Body"],
        sent_at=datetime.fromtimestamp(milliseconds / 1000, UTC),
        handle=message["ReceiptHandle"],
    )


def _translated(name: str) -> AbstractContextManager[None]:
    return raised_as(QueueUnavailable, f"the queue {name}")
