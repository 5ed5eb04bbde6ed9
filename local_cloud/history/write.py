"""Write a history of made-up messages to a local cloud. Used by `ordercast history`, the demo and the benchmark of lists."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from random import Random

import boto3

from local_cloud.history.batches import Batches
from local_cloud.history.messages import PastMessage, PastMessages
from local_cloud.history.orders import past_events
from local_cloud.history.pattern import HistoryPeriod
from local_cloud.history.shops import SHOPS
from local_cloud.history.words import PastWords
from ordercast.gateways import clients
from ordercast.gateways.dynamodb.codec import Item
from ordercast.gateways.ledger import items as ledger_item
from ordercast.gateways.ledger.stream_changes import rollup_input_of
from ordercast.gateways.receipt_logs import items as receipt_log_item
from ordercast.gateways.rollups import items as rollup_item
from ordercast.operations.target import LOCAL_STAGE, Target
from ordercast.rollups.rollup import Amounts, RollupKey, contribution, summed
from ordercast.templates.versions import packed
from ordercast.usage_error import UsageError
from ordercast.wiring.send import pricing_of

DAYS, MESSAGES_A_DAY = 35, 300


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenHistory:
    """What was written: messages from *first* to before *until* (UTC)."""

    messages: int
    first: date
    until: date


def write_history(
    target: Target,
    *,
    now: datetime,
    days: int = DAYS,
    messages_a_day: int = MESSAGES_A_DAY,
    busy_hour: int = 0,
    seed: int = 1,
) -> WrittenHistory:
    """Write the messages of whole days before *now*'s; about so many a day, and more in one hour of the last.

    They are rows, receipt logs, counted versions, buckets and metrics, as the product's codecs write
    them; nothing of it is due. Raises `UsageError` for a deployed stage, or where there is a history already.
    """
    until = now.astimezone(UTC).date()
    period = HistoryPeriod(
        until=until, days=days, messages_a_day=messages_a_day, busy_hour=busy_hour
    )
    _insist_on_room(target, period)
    words = PastWords(pricing_of(target.settings))
    made = PastMessages(
        settings=target.settings,
        period=period,
        words=words,
        chance=Random(f"{seed} messages"),  # noqa: S311 - sample data, not secrets
        now=now,
    )
    written = 0
    with ThreadPoolExecutor(_CALLS_AT_A_TIME) as executor:
        batches = Batches(
            dynamodb=clients.dynamodb(),
            cloudwatch=boto3.client("cloudwatch"),
            executor=executor,
        )
        for _, events in groupby(past_events(period, seed=seed), key=lambda event: event.at.date()):
            messages = [message for event in events for message in made.of(event)]
            _write(messages, target, batches, now=now)
            written += len(messages)
    target.template_versions().keep(
        {str(said.version): packed(said.sources) for said in words.said if said.sources}
    )
    return WrittenHistory(messages=written, first=period.first, until=until)


_CALLS_AT_A_TIME = 4


def _insist_on_room(target: Target, period: HistoryPeriod) -> None:
    if target.stage != LOCAL_STAGE:
        raise UsageError(f"a history is for a local cloud only, not for stage {target.stage}")
    if period.days * timedelta(days=1) >= target.settings.retention:
        most = target.settings.retention.days - 1
        raise UsageError(
            f"--days: {period.days} are more than the {most} for which the stage keeps its rows"
        )
    days = [f"{period.first + timedelta(days=n)}" for n in range(period.days)]
    names = {shop.name for shop in SHOPS}
    if any(bucket.shop in names for bucket in target.rollups().buckets(days)):
        raise UsageError(
            "this local cloud has a history of these days already", hint="start another one"
        )


def _write(
    messages: Sequence[PastMessage], target: Target, batches: Batches, *, now: datetime
) -> None:
    """Write a day's messages: what was counted before the rows, so that analytics finds them counted."""
    names, rows = target.names, [ledger_item.write(each.row) for each in messages]
    inputs = [rollup_input_of(row) for row in rows]
    counted = [contribution(each) for each in inputs]
    buckets = summed(counted)
    batches.put(
        names.receipts_table,
        [receipt_log_item.write(m.receipt_log) for m in messages if m.receipt_log],
    )
    batches.put(
        names.rollups_table,
        [rollup_item.write_counted(*each) for each in zip(inputs, counted, strict=True)],
    )
    batches.put(names.rollups_table, _bucket_items(buckets.items()))
    level = target.settings.metrics
    batches.put_metrics(buckets, stage=target.stage, level=level, now=now)
    batches.put(names.ledger_table, rows)


def _bucket_items(buckets: Iterable[tuple[RollupKey, Amounts]]) -> Iterator[Item]:
    """Return the items that the first addition to each bucket makes, by neighbouring writers."""
    for place, (bucket, amounts) in enumerate(buckets):
        update = rollup_item.addition(amounts)
        names = update["ExpressionAttributeNames"].values()
        values = update["ExpressionAttributeValues"].values()
        key = rollup_item.bucket_key(bucket, place % rollup_item.WRITERS)
        yield {**key, **dict(zip(names, values, strict=True))}
