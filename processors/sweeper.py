"""Lambda: act on notifications and receipt logs that are due. Invoked each minute, once for each group of shards."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from ordercast.embedded_metric_format import (
    BACK_PRESSURE,
    BUDGET_USED,
    DUE_AGE,
    DUE_BACKLOG,
    OPEN_BREAKERS,
    MetricSeries,
    emf_line,
)
from ordercast.gateways import clients
from ordercast.gateways.budgets.dynamo_accounts import DynamoAccounts
from ordercast.gateways.invocations.deadline import deadline
from ordercast.gateways.invocations.request_log import request_log
from ordercast.gateways.ledger.dynamo_ledger import DynamoLedger
from ordercast.gateways.messaging.notifications_topic import SnsNotificationsTopic
from ordercast.gateways.messaging.receipt_queue import SqsReceiptQueue
from ordercast.gateways.messaging.topic import Topic
from ordercast.gateways.people.dynamo_people import DynamoPeople
from ordercast.gateways.providers.probes import ProviderProbes
from ordercast.gateways.providers.ses_quota import SesQuota
from ordercast.gateways.providers.ses_reputation import SesReputation
from ordercast.gateways.receipt_logs.dynamo_receipt_logs import DynamoReceiptLogs
from ordercast.gateways.rollups.dynamo_rollups import DynamoRollups
from ordercast.sending.due_partitions import SHARDS
from ordercast.sending.outcome import BackPressure
from ordercast.settings.processors import SweeperSettings
from ordercast.settings.senders import read_senders
from ordercast.wiring.address_secret import read_address_secret
from ordercast.wiring.senders import senders
from ordercast.wiring.sweep import SweeperPorts, sweep, sweep_receipts
from ordercast.wiring.tables import tables
from ordercast.workflows.ports import Deadline
from ordercast.workflows.sweep.sweep import Sweep
from ordercast.workflows.sweep.swept import Swept

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger
    from aws_lambda_powertools.utilities.typing import LambdaContext


def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Do rounds until little time is left; if one fails, the next minute tries again."""
    sweep, log = _wired(), request_log("sweeper", context)

    def write(swept: Swept) -> None:
        for line in _metrics(event, swept, _settings(), at=sweep.now()):
            print(line)  # noqa: T201 - CloudWatch reads metrics from what a function prints

    return respond(event, sweep, log, time_left=deadline(context), write=write).counts()


def respond(
    event: Mapping[str, Any],
    sweep: Sweep,
    log: "Logger",
    *,
    time_left: Deadline,
    write: Callable[[Swept], None] = lambda _: None,
) -> Swept:
    """Sweep the shards of the group that *event* names; log, *write* and return what was done.

    When a round fails, so does this, after it has said what was done and what is left.
    """
    swept = Swept()
    try:
        sweep(swept, _shards(event), time_left=time_left)
    finally:
        log.info("swept", extra=swept.counts())
        if swept.would_expire:
            log.warning("would_expire_before_their_turn", extra={"by_channel": swept.would_expire})
        write(swept)
    return swept


def _metrics(
    event: Mapping[str, Any], swept: Swept, settings: SweeperSettings, *, at: datetime
) -> Iterator[str]:
    """Yield what was left due, and each minute of an account's trouble or a closed route, in CloudWatch's embedded metric format."""
    figures: dict[str, float] = {}
    if swept.is_counted:
        figures[DUE_AGE] = swept.waits.total_seconds()
    if swept.is_counted and settings.metrics == "full":
        figures[DUE_BACKLOG] = swept.backlog
    if swept.budget_used is not None:
        figures[BUDGET_USED] = swept.budget_used
    if figures:
        yield emf_line(figures, stage=settings.stage, at=at)
    if event.get("group"):
        return  # every group has read the same holds
    for channel, closed in swept.open_breakers.items():
        own = MetricSeries("channel", channel)
        yield emf_line({OPEN_BREAKERS: closed}, stage=settings.stage, at=at, series=own)
    if swept.account_holds:
        account = MetricSeries("kind", BackPressure.ACCOUNT)
        held = {BACK_PRESSURE: swept.account_holds}
        yield emf_line(held, stage=settings.stage, at=at, series=account)


def _shards(event: Mapping[str, Any]) -> Sequence[int]:
    """Return every so manieth shard; all of them for an event that names no group."""
    return SHARDS[event.get("group", 0) :: event.get("groups", 1)]


@cache
def _wired() -> Sweep:
    """Build once per execution environment, on the first invocation."""
    settings = _settings()
    read_address_secret(settings.address_secret)
    executor = ThreadPoolExecutor(clients.WORKERS)
    table = tables(executor)
    ledger, customers = table(settings.ledger_table), table(settings.customers_table)
    topic = Topic(
        client=clients.sns_topics(), arn=settings.notifications_topic_arn, executor=executor
    )
    account, cloudwatch = clients.ses_account(), clients.cloudwatch()
    ports = SweeperPorts(
        accounts=DynamoAccounts(table=ledger),
        adjustments=DynamoRollups(table=table(settings.rollups_table)),
        ledger=DynamoLedger(table=ledger, customers=customers),
        people=DynamoPeople(table=customers),
        receipt_logs=DynamoReceiptLogs(table=table(settings.receipts_table)),
        notifications_topic=SnsNotificationsTopic(topic=topic),
        receipt_queue=SqsReceiptQueue(
            client=clients.sqs(),
            cloudwatch=cloudwatch,
            url=settings.receipts_queue_url,
            dead_letters_url=settings.receipts_dead_letters_url,
        ),
        send_quotas=SesQuota(client=account),
        quotas_of_second_region=_quotas_there(settings),
        reputations=SesReputation(client=account, cloudwatch=cloudwatch),
        route_probes=ProviderProbes(executor=executor),
        senders=senders(read_senders(settings.senders), ledger=ledger, executor=executor),
    )
    return sweep(ports, settings, sweep_receipts(ports, settings))


def _quotas_there(settings: SweeperSettings) -> SesQuota | None:
    region = settings.second_region
    return SesQuota(client=clients.ses_account(region=region)) if region else None


@cache
def _settings() -> SweeperSettings:
    return SweeperSettings.from_env(os.environ)
