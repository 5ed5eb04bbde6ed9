"""Open every source of parked items of a stage and search them. Used by `ordercast parked`."""

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import boto3

from ordercast.errors import LedgerUnavailable, StatusTopicUnavailable
from ordercast.events.stream_record import ParkedRecord
from ordercast.gateways import clients
from ordercast.gateways.ledger.rollup_inputs import DynamoRollupInputs
from ordercast.gateways.ledger.status_changes import status_changes
from ordercast.gateways.messaging.dead_letters import SqsDeadLetters, dead_letters_of
from ordercast.gateways.messaging.status_topic import SnsStatusTopic
from ordercast.gateways.messaging.topic import Topic
from ordercast.gateways.parked.objects import S3ParkedObjects
from ordercast.operations.resending import notifications_topic_of
from ordercast.operations.target import Target
from ordercast.parked.item import Kind, ParkedItem, Selection
from ordercast.producer import Producer
from ordercast.usage_error import UsageError
from ordercast.wiring.senders import senders
from ordercast.wiring.status_events import publish_status_events
from ordercast.workflows.count_changes import Count
from ordercast.workflows.redrive.batches import ParkedBatches
from ordercast.workflows.redrive.dead_letters import ParkedDeadLetters
from ordercast.workflows.redrive.notifications import ParkedNotifications
from ordercast.workflows.redrive.paced import PacedRedrive
from ordercast.workflows.redrive.source import ParkedSource
from ordercast.workflows.redrive.stream_records import ParkedStreamRecords
from ordercast.workflows.release_room import ReleaseRoom, Senders

# Nothing is parked for longer than its payload is kept.
LONGEST = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectedItems:
    """The selected items of one source."""

    source: ParkedSource
    items: list[ParkedItem]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedSources:
    """The parked sources of a stage, by the kind of their items."""

    parked_sources: Sequence[tuple[Kind, ParkedSource]]
    paced: PacedRedrive

    def find(self, chosen: Selection) -> list[SelectedItems]:
        """Search the sources of the selected kinds, all at once.

        Raises `UsageError` where a short id names several items.
        """
        searched = [
            source
            for kind, source in self.parked_sources
            if not chosen.kinds or kind in chosen.kinds
        ]
        with ThreadPoolExecutor(clients.WORKERS) as executor:
            contents = executor.map(lambda source: list(source.contents()), searched)
        seen = list(zip(searched, contents, strict=True))
        every = [each for _, items in seen for each in items]
        if several := chosen.ambiguous(every):
            raise UsageError(
                f"{', '.join(several)}: several parked items begin so",
                hint="write more letters: parked list --json has sixteen",
            )
        chosen = chosen.among(every)
        return [
            SelectedItems(source=source, items=[each for each in items if chosen.means(each)])
            for source, items in seen
        ]

    def parked_between(self, since: datetime, until: datetime) -> Iterator[ParkedRecord]:
        """Yield the records that arrived in a span and were parked, and maybe a few others."""
        for _, source in self.parked_sources:
            if isinstance(source, ParkedStreamRecords):
                yield from (parked for _, parked in source.store.records((since, until)))

    def close(self) -> None:
        """Make the dead letters visible again that were read and left."""
        for _, source in self.parked_sources:
            if isinstance(source, ParkedDeadLetters):
                source.let_go()


def parked_sources(target: Target) -> ParkedSources:
    """Return the parked sources of a stage."""
    store = S3ParkedObjects(client=clients.s3(), bucket=target.names.parked_bucket)
    stream = Producer(client=boto3.client("kinesis"), stream=target.names.orders_stream)
    records = ParkedStreamRecords(store=store, put=stream.put_payloads, now=_now)
    batches = ParkedBatches(
        store=store,
        put=stream.put_payloads,
        recount=partial(_recount, target),
        republish=partial(republish, target),
        now=_now,
    )
    notifications_topic = notifications_topic_of(target)
    paced = PacedRedrive(room=ReleaseRoom(senders=_senders(target)), now=_now)
    dead_letters = [
        ParkedDeadLetters(
            letters=each,
            ledger=target.ledger(),
            notifications_topic=notifications_topic,
            paced=paced,
        )
        for each in _letters(target)
    ]
    notifications = ParkedNotifications(
        ledger=target.ledger(),
        notifications_topic=notifications_topic,
        now=_now,
        days=_days,
        first_wait=target.settings.republish_after,
        paced=paced,
    )
    return ParkedSources(
        paced=paced,
        parked_sources=[
            (Kind.RECORD, records),
            (Kind.BATCH, batches),
            *((Kind.DEAD_LETTER, each) for each in dead_letters),
            (Kind.NOTIFICATION, notifications),
        ],
    )


def _letters(target: Target) -> list[SqsDeadLetters]:
    sqs = clients.sqs()
    undelivered = SqsDeadLetters(
        client=sqs,
        url=target.names.undelivered_queue,
        # A dead letter without a notification id was a receipt.
        source=target.names.receipts_queue,
    )
    queues = target.names.work_queues
    return [*(dead_letters_of(sqs, each) for each in queues), undelivered]


def _senders(target: Target) -> Senders:
    executor = ThreadPoolExecutor(clients.WORKERS)
    return senders(target.names.senders, ledger=target.ledger().table, executor=executor)


def _recount(target: Target, ids: Sequence[str]) -> None:
    """Count the notifications as the ledger has them now; raises where some could not be."""
    count = Count(rollups=target.rollups(), pause=time.sleep, chance=random.random)
    inputs = DynamoRollupInputs(table=target.ledger().table).rollup_inputs(ids)
    undone = count(inputs.values()).undone
    if undone:
        raise LedgerUnavailable(f"{len(undone)} of {len(ids)} notifications were not counted")


def republish(target: Target, records: Sequence[Mapping[str, Any]]) -> None:
    """Tell shops of changes, where the stage does that; raises where SNS did not take all events."""
    arn = target.names.status_events_topic
    if not arn:
        return
    topic = Topic(
        client=clients.sns_topics(), arn=arn, executor=ThreadPoolExecutor(clients.WORKERS)
    )
    publish = publish_status_events(SnsStatusTopic(topic=topic), stage=target.settings.name)
    changes, _ = status_changes(records)
    if undone := publish(changes).undone:
        raise StatusTopicUnavailable(f"{len(undone)} status events were not published")


def _days() -> list[date]:
    today = _now().date()
    return [today - timedelta(days=back) for back in range(LONGEST.days + 1)]


def _now() -> datetime:
    return datetime.now(UTC)
