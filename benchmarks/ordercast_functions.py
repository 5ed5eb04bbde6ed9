"""Wire the deployed functions to the stand-in. Used by the benchmarks."""

import io
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING
from unittest.mock import patch

from aws_lambda_powertools import Logger

from analytics import processor as analytics
from benchmarks.aws.account import CUSTOMERS, LEDGER, RECEIPTS, ROLLUPS
from benchmarks.aws.timetable import Timetable, Workers
from benchmarks.orders import Event
from ordercast.events.order_event import Channel
from ordercast.gateways.invocations.batch_response import BatchResponse
from ordercast.gateways.people.dynamo_people import DynamoPeople
from ordercast.settings.analytics import AnalyticsSettings
from ordercast.settings.choice_by_cost import ChoiceByCostSettings, write_choice
from ordercast.settings.processors import OrderRelaySettings, SenderSettings
from ordercast.settings.senders import ChannelSender, write_senders
from ordercast.wiring.tables import tables
from processors import email_sender, order_relay, receipt_tracker, sender, sms_sender, sweeper

if TYPE_CHECKING:
    from typing import Any

    from ordercast.gateways.dynamodb.table import Table

RELAY_SETTINGS = OrderRelaySettings(
    stage="benchmark",
    address_secret="the benchmark's",  # noqa: S106 - it opens nothing
    ledger_table=LEDGER,
    customers_table=CUSTOMERS,
    notifications_topic_arn="arn:aws:sns:us-east-1:123456789012:notifications",
    parked_bucket="parked",
    default_country="US",
    default_time_zone="America/New_York",
    default_currency="USD",
    retention=timedelta(days=90),
    republish_after=timedelta(minutes=5),
    cap=20,
    quiet_hours="",
    promotional_quiet_hours="",
    allowed_recipients="*",
    countries="US",
    landlines=False,
    fallback=True,
    fallback_to_text=False,
    status_synonyms="",
)

RATE = 1_250
"""Messages a second: at this rate the provider takes 3,000,000 in 40 minutes."""

_QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/"

_WIRED = (order_relay, sms_sender, email_sender, receipt_tracker, sweeper, analytics)


@dataclass(frozen=True, slots=True)
class _Context:
    """The part of Lambda's context that the handlers use."""

    aws_request_id: str = "benchmark"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Functions:
    """The handlers, as Lambda calls them, and two tables."""

    ledger: "Table"
    people: DynamoPeople

    def relay(self, event: Event) -> None:
        """Relay one batch of the stream."""
        _all_done(order_relay.handler(event, _CONTEXT))

    def send(self, channel: str, event: Event) -> None:
        """Send one batch of a channel's queue."""
        module = sms_sender if channel == "sms" else email_sender
        _all_done(module.handler(event, _CONTEXT))

    def hear(self, event: Event) -> None:
        """Apply one batch of receipts."""
        _all_done(receipt_tracker.handler(event, _CONTEXT))

    def count(self, event: Event) -> None:
        """Count one batch of the ledger's stream."""
        _all_done(analytics.handler(event, _CONTEXT))

    def sweep(self, event: Event) -> None:
        """Sweep the shards of one group."""
        sweeper.handler(event, _CONTEXT)


_CONTEXT: "Any" = _Context()


@contextmanager
def wired(timetable: Timetable | None = None) -> Iterator[Functions]:
    """Wire the functions, as their modules do on a first invocation; a *timetable* may be kept."""
    workers = partial(Workers, timetable=timetable) if timetable else ThreadPoolExecutor
    with ExitStack() as stack:
        stack.enter_context(patch.dict(os.environ, _environment()))
        stack.enter_context(redirect_stdout(io.StringIO()))  # EMF lines
        for module in (order_relay, sender, receipt_tracker, sweeper):
            stack.enter_context(patch.object(module, "ThreadPoolExecutor", workers))
            # Read when a function starts, which is no batch's call.
            stack.enter_context(patch.object(module, "read_address_secret", lambda _: None))
        for module in _WIRED:
            log = Logger(service=f"benchmark-{module.__name__}", stream=io.StringIO())
            stack.enter_context(patch.object(module, "request_log", lambda *_, log=log: log))
        cached = [module._wired for module in _WIRED]  # noqa: SLF001 - rewired to this stand-in
        cached += [module._settings for module in (analytics, order_relay, sweeper)]  # noqa: SLF001 - likewise
        for built in cached:
            built.cache_clear()
            stack.callback(built.cache_clear)
        table = tables(workers(1))
        yield Functions(ledger=table(LEDGER), people=DynamoPeople(table=table(CUSTOMERS)))


def _all_done(response: BatchResponse) -> None:
    """Raise unless everything was done: unsent messages would cost nothing."""
    if response["batchItemFailures"]:
        message = f"not done: {response}"
        raise RuntimeError(message)


NO_CHOICE = ChoiceByCostSettings(
    enabled=False,
    days=7,
    samples=1,
    transactional_percent=90,
    promotional_percent=90,
    trial_percent=0,
)


def _environment() -> dict[str, str]:
    shared = SenderSettings(
        stage="bench",
        region="us-east-1",
        second_region="",
        second_region_share=0,
        metrics="full",
        address_secret=RELAY_SETTINGS.address_secret,
        ledger_table=LEDGER,
        customers_table=CUSTOMERS,
        receipts_table=RECEIPTS,
        quiet_hours=RELAY_SETTINGS.quiet_hours,
        promotional_quiet_hours=RELAY_SETTINGS.promotional_quiet_hours,
        default_country=RELAY_SETTINGS.default_country,
        default_time_zone=RELAY_SETTINGS.default_time_zone,
        origination="bench",
        rate=1000,
        claim_lease=timedelta(seconds=60),
        receipt_retention=timedelta(days=30),
        receipt_timeout=timedelta(hours=72),
        fallback_unknown_after=timedelta(hours=1),
        velocity_floor=0,
        velocity_factor=5,
        countries="US",
        price_factor=Decimal("1.5"),
        email_plan="essentials",
    ).to_env()
    of_a_channel = {
        "SMS_PROVIDER": "sns",
        "SMS_PROVIDER_BY_COUNTRY": "",
        "SMS_ORIGINATION": "",
        "ORIGINATIONS": "{}",
        "CHOICE_BY_COST": write_choice(NO_CHOICE),
        "SECOND_REGION_ORIGINATION": "",
        "SMS_CONFIGURATION_SET": "",
        "SMS_PROTECT_CONFIGURATION": "",
        "SENDER_ID": "",
        "INDIA_ENTITY_ID": "",
        "INDIA_TEMPLATE_IDS": "",
        "EMAIL_FROM": "orders@example.com",
        "BRAND_SENDERS": "",
        "UNSUBSCRIBE_URL": "",
        "UNSUBSCRIBE_MAILBOX": "",
        "CONFIGURATION_SET": "ordercast",
        "ORPHAN_WAIT": "180",
        "SOFT_BOUNCES": "3",
        "HOLD_BOUNCE_PERCENT": "4.5",
        "HOLD_COMPLAINT_PERCENT": "0.09",
    }
    sweeping = {
        "REPUBLISH_AFTER": "300",
        "RESEND_EMAIL_AFTER": "0",
        "FALLBACK_GRACE": "600",
        "RETRY_AFTER_RECEIPT": "",
        "RETRY_FOR_NOW": "False",
        "RECEIPTS_QUEUE_URL": _QUEUE + "receipts",
        "RECEIPTS_DEAD_LETTERS_URL": _QUEUE + "letters",
        "SENDERS": write_senders(
            {
                channel: ChannelSender(
                    rate=RATE,
                    share=100,
                    origination=f"{channel}/bench",
                    high=f"{_QUEUE}{channel}-high",
                    normal=f"{_QUEUE}{channel}-normal",
                )
                for channel in Channel
            }
        ),
    }
    counting = AnalyticsSettings(
        stage="bench", metrics="essential", ledger_table=LEDGER, rollups_table=ROLLUPS
    )
    return {**RELAY_SETTINGS.to_env(), **shared, **counting.to_env(), **of_a_channel, **sweeping}
