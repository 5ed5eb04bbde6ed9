"""Build the relay around its ports. Used by the order relay, the dry run of a replay, and tests."""

from typing import TYPE_CHECKING

from msgspec import Struct

from ordercast.decisions.audience import Policy
from ordercast.events.envelope import open_envelope
from ordercast.sending.send_rules import SendWithin
from ordercast.settings.processors import OrderRelaySettings, quiet_hours, recipient_patterns
from ordercast.settings.statuses import status_synonyms
from ordercast.settings.texts import open_countries
from ordercast.templates.statuses import send_within
from ordercast.wiring.clock import utc_now
from ordercast.workflows.ports import (
    Clock,
    NotificationsTopic,
    ParkedRecords,
    People,
    RelayLedger,
)
from ordercast.workflows.record_decisions import RecordDecisions
from ordercast.workflows.relay_orders import Opening, RelayOrders
from ordercast.workflows.reserve_caps import ReserveCaps

if TYPE_CHECKING:
    from ordercast.settings.stage import StageSettings


class RelayPorts(Struct, frozen=True, kw_only=True):
    """What the relay reads and writes."""

    ledger: RelayLedger
    people: People
    notifications_topic: NotificationsTopic
    parked: ParkedRecords
    now: Clock = utc_now
    opening: Opening = open_envelope
    send_within: SendWithin = send_within


def relay_orders(ports: RelayPorts, policy: Policy, *, default_currency: str) -> RelayOrders:
    """Build the relay's workflow."""
    reserve_caps = ReserveCaps(ledger=ports.ledger, people=ports.people, limit=policy.cap)
    return RelayOrders(
        ledger=ports.ledger,
        record_decisions=RecordDecisions(
            ledger=ports.ledger, reserve_caps=reserve_caps, policy=policy
        ),
        notifications_topic=ports.notifications_topic,
        parked=ports.parked,
        opening=ports.opening,
        policy=policy,
        default_currency=default_currency,
        send_within=ports.send_within,
        now=ports.now,
    )


def policy_of(settings: "OrderRelaySettings | StageSettings") -> Policy:
    """Return the policy that a stage's settings ask for."""
    return Policy(
        default_country=settings.default_country,
        default_time_zone=settings.default_time_zone,
        retention=settings.retention,
        republish_after=settings.republish_after,
        cap=settings.cap,
        quiet=quiet_hours(settings.quiet_hours),
        promotional_quiet=quiet_hours(settings.promotional_quiet_hours),
        allowed=recipient_patterns(settings.allowed_recipients),
        countries=frozenset(open_countries(settings.countries)),
        landlines=settings.landlines,
        synonyms=status_synonyms(settings.status_synonyms),
        fallback=settings.fallback,
        fallback_to_text=settings.fallback_to_text,
    )
