"""Draft the notifications that a decision asks for. Used by the relay and the dry run of a replay."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from ordercast.decisions.audience import (
    Audience,
    Policy,
    consent_for,
    number_of,
    priority_of,
    recipient_of,
    stated_time_zones,
)
from ordercast.decisions.decision import KEPT, Decision, Verdict, Verdicts
from ordercast.decisions.fallback import fallback_of
from ordercast.events.identity import notification_id
from ordercast.events.order_event import Channel, OrderEvent, Priority
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification, OrderDetails, OrderItem
from ordercast.notifications.status_rank import LatestStatus, status_rank
from ordercast.people.person import Person
from ordercast.people.phone_numbers import PhoneNumber
from ordercast.people.quiet_hours import Zones, is_time_zone
from ordercast.people.time_zones import zones_of_country
from ordercast.templates.statuses import template_for


def rows(
    event: OrderEvent, decision: Decision, audience: Audience, *, policy: Policy
) -> list[Notification]:
    """Draft each notification of a *decision*; a stale event has none.

    The same event always yields the same notification ids, so that every later step recognises a
    redelivery. Suppressed notifications are drafted too, with their rule.
    """
    if decision.is_stale:
        return []
    return [
        _row(event, channel, verdict, decision, audience, policy)
        for channel, verdict in decision.verdicts.items()
    ]


def latest_statuses(
    event: OrderEvent, order: str, verdicts: Verdicts, *, accepted_at: datetime
) -> list[LatestStatus]:
    """Return the order's status rank on each channel that this event is sent on."""
    rank = status_rank(event.status, event.occurred_at)
    if rank is None:
        return []
    return [
        LatestStatus(order=order, channel=channel, status_rank=rank, kept_until=accepted_at + KEPT)
        for channel, verdict in verdicts.items()
        if verdict.state is not State.SUPPRESSED
    ]


def _row(
    event: OrderEvent,
    channel: Channel,
    verdict: Verdict,
    decision: Decision,
    audience: Audience,
    policy: Policy,
) -> Notification:
    customer = audience.customer
    country = _country(event, channel, audience, policy)
    stated: Zones = ()  # of what is urgent nobody asks: no quiet hours hold it back
    if priority_of(event) is not Priority.HIGH:
        stated = stated_time_zones(event, channel, audience, policy=policy)
    zones = _zones(customer, stated, country)
    return Notification(
        id=notification_id(event, channel),
        order=_order_details(event, _middle(zones) or policy.default_time_zone),
        status=event.status,
        channel=channel,
        priority=priority_of(event),
        template=template_for(event.status, event.shop),
        locale=(customer and customer.locale) or event.contact.locale,
        recipient=recipient_of(event, channel, audience, policy=policy),
        country=country,
        time_zones=stated,
        customer_id=event.customer_id,
        campaign=event.campaign,
        consent=consent_for(event, channel, audience),
        state=verdict.state,
        rule=verdict.rule,
        occurred_at=event.occurred_at,
        # The age and the day of a deferred notification start when its deferral ends.
        effective_at=verdict.until or decision.accepted_at,
        expires_at=decision.expires_at,
        due_at=_due(verdict, decision.accepted_at, policy),
        fallback=fallback_of(event, channel, decision, audience, policy=policy),
        fallback_for=verdict.instead_of and notification_id(event, verdict.instead_of),
    )


def _country(event: OrderEvent, channel: Channel, audience: Audience, policy: Policy) -> str | None:
    """Return the country of a phone number, or that of an e-mail's reader if it is known."""
    number = number_of(event, channel, audience, policy=policy)
    if isinstance(number, PhoneNumber):
        return number.country
    return (audience.customer and audience.customer.country) or event.contact.country


def _due(verdict: Verdict, accepted_at: datetime, policy: Policy) -> datetime | None:
    if verdict.state is State.SUPPRESSED:
        return None
    return verdict.until or accepted_at + policy.republish_after


def _zones(customer: Person | None, stated: Zones, country: str | None) -> Zones:
    """Return where the customer may be, by what is known without a look at the number."""
    if customer and customer.time_zone and is_time_zone(customer.time_zone):
        return (customer.time_zone,)
    return stated or (zones_of_country(country) if country else ())


def _middle(zones: Zones) -> str | None:
    """Return the one of a country's zones whose day is wrong for the fewest: they go from east to west."""
    return zones[(len(zones) - 1) // 2] if zones else None


def _order_details(event: OrderEvent, time_zone: str) -> OrderDetails:
    return OrderDetails(
        order_id=event.order_id,
        shop=event.shop,
        amount=event.amount,
        items=tuple([OrderItem(name=item.name, quantity=item.quantity) for item in event.items]),
        tracking_url=event.tracking_url,
        day=event.occurred_at and _day(event.occurred_at, time_zone),
    )


def _day(moment: datetime, time_zone: str) -> date:
    try:
        return moment.astimezone(ZoneInfo(time_zone)).date()
    except OverflowError:  # the first or last hours of the calendar
        return moment.date()
