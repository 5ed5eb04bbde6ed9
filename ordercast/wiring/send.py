"""Build a channel's sender around its ports. Used by the SMS and the e-mail sender, and tests."""

from collections.abc import Callable
from random import random
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from msgspec import Struct

from ordercast.events.order_event import Channel
from ordercast.notifications.notification import Notification
from ordercast.pacing.bucket import Wait
from ordercast.sending.prices import Pricing
from ordercast.sending.routes import Routes
from ordercast.sending.send_rules import SendWithin
from ordercast.settings.originations import OriginationTable, origination_prices
from ordercast.settings.processors import SenderSettings, SendPolicy, SmsSenderSettings
from ordercast.settings.texts import open_countries
from ordercast.templates.rendering import words
from ordercast.templates.statuses import send_within
from ordercast.templates.words import Words
from ordercast.wiring.clock import utc_now, wait_until
from ordercast.wiring.quiet import quiet_policy
from ordercast.wiring.velocity import velocity_of
from ordercast.workflows.account_trouble import AccountTrouble
from ordercast.workflows.merge_receipts import MergeReceipts
from ordercast.workflows.ports import (
    Accounts,
    Clock,
    Ledger,
    PaceBuckets,
    Provider,
    ReceiptLogs,
    TemplateVersions,
    Token,
)
from ordercast.workflows.send.breakers import Breakers
from ordercast.workflows.send.budgeting import Budgeting
from ordercast.workflows.send.checks import Checks, Cost
from ordercast.workflows.send.claims import Claims
from ordercast.workflows.send.lanes import Lanes
from ordercast.workflows.send.pace import Pace
from ordercast.workflows.send.settling import Settling
from ordercast.workflows.send.template_versions import KeepVersions
from ordercast.workflows.send_messages import SendMessages

if TYPE_CHECKING:
    from ordercast.settings.stage import StageSettings

_TOKEN_BYTES = 16  # 22 characters: a row has few bytes left of its write unit


class SenderPorts(Struct, frozen=True, kw_only=True):
    """What a sender reads and writes; `chance` is between 0 and 1."""

    ledger: Ledger
    receipt_logs: ReceiptLogs
    buckets: PaceBuckets
    accounts: Accounts
    provider: Provider
    template_versions: TemplateVersions
    cost: Cost
    routes: Routes
    wait: Wait = wait_until
    now: Clock = utc_now
    token: Token = lambda: token_urlsafe(_TOKEN_BYTES)
    chance: Callable[[], float] = random
    words: Callable[[Notification], Words] = words
    send_within: SendWithin = send_within


def send_messages(channel: Channel, ports: SenderPorts, policy: SendPolicy) -> SendMessages:
    """Build the sender's workflow, with its three steps."""
    ledger, now, routes = ports.ledger, ports.now, ports.routes
    breakers = Breakers(ledger=ledger, routes=routes, by=f"{channel}-sender", now=now)
    account = AccountTrouble(
        holds=ledger, by=f"{channel}-sender", now=now, first_routes=_first_routes(channel, routes)
    )
    return SendMessages(
        channel=channel,
        ledger=ledger,
        provider=ports.provider,
        lanes=Lanes(
            breakers=breakers,
            open_pace=lambda route: Pace(
                buckets=ports.buckets,
                # What the sweeper measures a release by is the bucket of the usual route.
                key=policy.origination if route == routes.usual else route.key,
                limit=routes.rates.get(route, policy.rate),
                now=now,
                wait=ports.wait,
            ),
        ),
        budgeting=Budgeting(
            accounts=ports.accounts,
            draw_slots=ports.buckets.draw,
            velocity=velocity_of(policy),
        ),
        checks=Checks(
            ledger=ledger,
            words=ports.words,
            keep_versions=KeepVersions(versions=ports.template_versions),
            cost=ports.cost,
            breakers=breakers,
            send_within=ports.send_within,
            quiet=quiet_policy(policy),
            chance=ports.chance,
            now=now,
        ),
        claims=Claims(ledger=ledger, lease=policy.claim_lease, token=ports.token, now=now),
        settling=_settling(ports, policy, account),
        account=account,
        now=now,
    )


def _first_routes(channel: Channel, routes: Routes) -> dict[Channel, str]:
    return {channel: routes.home.key} if routes.in_second_region else {}


def pricing_of(settings: "SenderSettings | StageSettings") -> Pricing:
    """Return how a stage's settings price its messages."""
    return Pricing(
        factor=settings.price_factor,
        countries=open_countries(settings.countries),
        email_plan=settings.email_plan,
        own=origination_prices(_originations(settings)),
    )


def _originations(settings: "SenderSettings | StageSettings") -> OriginationTable:
    if isinstance(settings, SmsSenderSettings):
        return settings.origination_table
    return {} if isinstance(settings, SenderSettings) else settings.originations


def _settling(ports: SenderPorts, policy: SendPolicy, account: AccountTrouble) -> Settling:
    return Settling(
        ledger=ports.ledger,
        receipt_logs=ports.receipt_logs,
        merge=MergeReceipts(
            ledger=ports.ledger,
            account=account,
            receipt_timeout=policy.receipt_timeout,
            now=ports.now,
        ),
        receipt_retention=policy.receipt_retention,
        receipt_timeout=policy.receipt_timeout,
        unknown_after=policy.fallback_unknown_after or None,
        chance=ports.chance,
    )
