"""Build valid order events, people and notifications, with any field changed. Used by tests everywhere."""

import json
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from ordercast.decisions.audience import Policy, audience_of
from ordercast.decisions.decision import Decision, fingerprint
from ordercast.decisions.drafting import rows
from ordercast.events.identity import customer_key, event_hash, order_hash
from ordercast.events.order_event import Channel, OrderEvent
from ordercast.events.parse import parse_order_event
from ordercast.notifications.notification import Notification
from ordercast.pacing.holds import Hold, Scope, Why
from ordercast.people.person import Person, QuietHours
from ordercast.sending.send_rules import decide
from tests import address_secret as _secret  # noqa: F401 - worker processes hash addresses, too
from tests.fakes.clock import START

EMAIL = "ada@example.com"
PHONE = "+12065550100"

POLICY = Policy(
    default_country="US",
    default_time_zone="America/New_York",
    retention=timedelta(days=90),
    republish_after=timedelta(minutes=5),
    cap=20,
    quiet=None,
    allowed=("*",),
    countries=frozenset({"US", "SE", "AU", "GB"}),
    landlines=False,
)


def quiet_for(span: timedelta, *, since: datetime) -> QuietHours:
    """Return quiet hours that begin then, by the clock where PHONE rings."""
    there = since.astimezone(ZoneInfo("America/Los_Angeles"))
    return QuietHours(start=there.time(), end=(there + span).time())


def event(**changes: Any) -> dict[str, Any]:
    """Return an order event for both channels as JSON has it; None is as good as absent."""
    return {
        "event_id": "e-1",
        "order_id": "o-1",
        "status": "confirmed",
        "occurred_at": "2026-03-02T09:29:58Z",
        "amount": {"value": "42.50", "currency": "USD"},
        "items": ["Teapot", {"name": "Cup", "quantity": 4}],
        "contact": {"email": EMAIL, "phone": PHONE},
        "channel": "both",
        "shop": "Example Tea",
    } | changes


def payload(**changes: Any) -> bytes:
    """Return `event` as a producer puts it on the stream."""
    return json.dumps(event(**changes)).encode()


def order_event(**changes: Any) -> OrderEvent:
    """Return `event`, parsed."""
    return parse_order_event(payload(**changes), default_currency="USD")


def person(**changes: Any) -> Person:
    """Return the record of customer c-1 of the event's shop, who has chosen nothing."""
    shop, customer_id = "Example Tea", "c-1"
    known = Person(
        key=customer_key(shop=shop, customer_id=customer_id), customer_id=customer_id, shop=shop
    )
    return replace(known, **changes)


def example_decision(
    *people: Person, policy: Policy = POLICY, now: datetime = START, **changes: Any
) -> Decision:
    """Return the decision that `event` gets, with those people on record."""
    return decision_of(order_event(**changes), *people, policy=policy, now=now)


def decision_of(
    one: OrderEvent, *people: Person, policy: Policy = POLICY, now: datetime = START
) -> Decision:
    """Return the decision that an event gets, with those people on record."""
    audience = audience_of(one, {each.key: each for each in people})
    return Decision(
        order=order_hash(one),
        event=event_hash(one),
        verdicts=decide(one, audience, {}, policy=policy, now=now),
        fingerprint=fingerprint(one),
        position="101",
        accepted_at=now,
        expires_at=now + policy.retention,
    )


def paused(*, since: datetime = START, **scope: Any) -> Hold:
    """Return an operator's hold of the scope with those parts."""
    return Hold(why=Why.PAUSED, scope=Scope(**scope), by="ada", since=since)


def drafts(
    *people: Person, policy: Policy = POLICY, now: datetime = START, **changes: Any
) -> list[Notification]:
    """Return the rows that `event` becomes, with those people on record."""
    one = order_event(**changes)
    audience = audience_of(one, {each.key: each for each in people})
    made = example_decision(*people, policy=policy, now=now, **changes)
    return rows(one, made, audience, policy=policy)


def notification(number: int = 1, channel: Channel = Channel.EMAIL, **changes: Any) -> Notification:
    """Return one of many notifications that wait to be sent, each of an order of its own."""
    (draft,) = drafts(order_id=f"o-{number}", event_id=f"e-{number}", channel=channel.value)
    return replace(draft, **changes)
