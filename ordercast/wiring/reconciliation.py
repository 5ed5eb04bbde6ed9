"""Build the reconciling workflows around a stage's tables. Used by the verifier and `ordercast verify`."""

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial

from msgspec import Struct

from ordercast.embedded_metric_format import NAMESPACE
from ordercast.events.order_event import Channel
from ordercast.gateways import clients
from ordercast.gateways.budgets.dynamo_accounts import DynamoAccounts
from ordercast.gateways.budgets.limits import DynamoLimits
from ordercast.gateways.cloudwatch import MetricSums
from ordercast.gateways.dynamodb.table import Table
from ordercast.gateways.ledger.dynamo_ledger import DynamoLedger
from ordercast.gateways.ledger.rollup_inputs import DynamoRollupInputs
from ordercast.gateways.ledger.route_scores import DynamoRouteScores
from ordercast.gateways.parked.objects import S3ParkedObjects
from ordercast.gateways.receipt_logs.dynamo_receipt_logs import DynamoReceiptLogs
from ordercast.gateways.rollups.dynamo_rollups import DynamoRollups
from ordercast.gateways.rollups.metric_figures import DynamoMetricFigures
from ordercast.gateways.rollups.progress import DynamoProgress
from ordercast.gateways.rollups.shops import DynamoShops
from ordercast.gateways.streams.orders_stream import KinesisOrders
from ordercast.reconciliation.tracing import ParkedPositions
from ordercast.sending.routes import home_route
from ordercast.settings.analytics import VerifierSettings
from ordercast.settings.choice_by_cost import read_choice
from ordercast.wiring.tables import tables
from ordercast.wiring.velocity import velocity_of
from ordercast.workflows.count_changes import Count
from ordercast.workflows.reconcile.compare_budgets import CompareBudgets
from ordercast.workflows.reconcile.compare_budgets_in_passes import CompareBudgetsInPasses
from ordercast.workflows.reconcile.compare_in_passes import CompareInPasses
from ordercast.workflows.reconcile.compare_metrics import CompareMetrics
from ordercast.workflows.reconcile.compare_rollups import CompareRollups
from ordercast.workflows.reconcile.count_charges import CountCharges
from ordercast.workflows.reconcile.list_shops import ListShops
from ordercast.workflows.reconcile.score_routes import ScoreRoutes
from ordercast.workflows.reconcile.set_velocity_limits import SetVelocityLimits
from ordercast.workflows.reconcile.trace_records import TraceRecords


class Verification(Struct, frozen=True, kw_only=True):
    """The comparisons, and the rollups and rows that they read.

    `charges` counts unattributed charges; None unless the stage is the account's sole sender. `scores`
    counts how routes deliver; None unless the stage chooses them by cost.
    """

    verify: CompareRollups
    budgets: CompareBudgets
    budgets_in_passes: CompareBudgetsInPasses
    velocity: SetVelocityLimits
    scores: ScoreRoutes | None
    shops: ListShops
    trace_records: TraceRecords
    in_passes: CompareInPasses
    rollups: DynamoRollups
    inputs: DynamoRollupInputs
    metrics: CompareMetrics
    metric_figures: DynamoMetricFigures
    charges: CountCharges | None


def verification(settings: VerifierSettings, *, now: Callable[[], datetime]) -> Verification:
    """Build it around a stage's tables, stream and bucket."""
    table = tables(ThreadPoolExecutor(clients.WORKERS))
    rollups = DynamoRollups(table=table(settings.rollups_table), ledger=settings.ledger_table)
    ledger = table(settings.ledger_table)
    inputs = DynamoRollupInputs(table=ledger)
    count = Count(rollups=rollups, pause=time.sleep, chance=random.random)
    receipt_logs = DynamoReceiptLogs(table=table(settings.receipts_table))
    counting_charges = CountCharges(
        receipt_logs=receipt_logs, count=count, wait=settings.receipt_timeout, now=now
    )
    charges = counting_charges if settings.sole_sender else None
    orders = KinesisOrders(client=clients.kinesis(), name=settings.orders_stream, pause=time.sleep)
    parked = S3ParkedObjects(client=clients.s3(), bucket=settings.parked_bucket)
    verify = CompareRollups(
        rollups=rollups,
        ledger=inputs,
        count=count,
        pause=time.sleep,
        now=now,
        second_look=settings.second_look,
        retention=settings.retention,
        charges=charges,
    )
    trace_records = TraceRecords(
        stream=orders,
        decisions=DynamoLedger(table=ledger),
        ledger=inputs,
        source=partial(_parked_positions, parked),
        now=now,
        redelivered_for=settings.redelivered_for,
        default_currency=settings.default_currency,
    )
    progress = DynamoProgress(table=table(settings.rollups_table), now=now)
    in_passes = CompareInPasses(
        progress=progress,
        rollups=verify,
        records=trace_records,
        stream_retention=settings.stream_retention,
        now=now,
    )
    budgets = CompareBudgets(
        rollups=rollups,
        accounts=DynamoAccounts(table=ledger),
        limits=DynamoLimits(table=ledger).read,
        rollups_differ=verify,
        pause=time.sleep,
        wait=settings.claim_lease,
    )
    return Verification(
        verify=verify,
        budgets=budgets,
        budgets_in_passes=CompareBudgetsInPasses(
            budgets=budgets, hours=in_passes, progress=progress, now=now
        ),
        velocity=SetVelocityLimits(
            rollups=rollups,
            accounts=DynamoAccounts(table=ledger),
            velocity=velocity_of(settings),
            now=now,
        ),
        scores=_scores(settings, rollups, ledger, now),
        shops=ListShops(
            rollups=rollups, shops=DynamoShops(table=table(settings.rollups_table)), now=now
        ),
        trace_records=trace_records,
        in_passes=in_passes,
        rollups=rollups,
        inputs=inputs,
        metrics=CompareMetrics(
            rollups=rollups,
            metrics=MetricSums(
                client=clients.cloudwatch(), namespace=NAMESPACE, stage=settings.stage
            ),
        ),
        metric_figures=DynamoMetricFigures(table=table(settings.rollups_table)),
        charges=charges,
    )


def _scores(
    settings: VerifierSettings, rollups: DynamoRollups, ledger: Table, now: Callable[[], datetime]
) -> ScoreRoutes | None:
    wanted = read_choice(settings.choice_by_cost)
    if not wanted.enabled:
        return None
    return ScoreRoutes(
        rollups=rollups,
        scores=DynamoRouteScores(table=ledger),
        home=home_route(Channel.SMS, settings.region),
        days=wanted.days,
        now=now,
    )


def _parked_positions(parked: S3ParkedObjects, since: datetime, until: datetime) -> ParkedPositions:
    return ParkedPositions(
        positions=frozenset(
            each.record.position for _, each in parked.records(arrived=(since, until))
        ),
        given_up=frozenset(
            record.sequence_number for batch in parked.batches(since) for record in batch.records
        ),
    )
