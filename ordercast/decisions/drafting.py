"""Draft the notifications that a decision asks for. Used by the relay and the dry run of a replay."""

from datetime import datetime

from ordercast.decisions.audience import (
    Audience,
    Policy,
    consent_for,
    number_of,
    priority_of,
    recipient_of,
    stated_time_zones,
)
from ordercast.decisions.decision import Decision, Verdict, Verdicts
from ordercast.events.identity import notification_id
from ordercast.events.order_event import Channel, OrderEvent, Priority
from ordercast.events.order_event_fields import ItemV1
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification, OrderDetails
from ordercast.notifications.status_rank import LatestStatus, status_rank
from ordercast.people.phone_numbers import PhoneNumber
from ordercast.templates.brands import brand_for
from ordercast.templates.sources import language_for, version_of
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


def latest_statuses(event: OrderEvent, order: str, verdicts: Verdicts) -> list[LatestStatus]:
    """Return the order's status rank on each channel that this event is sent on."""
    rank = status_rank(event.status, event.occurred_at)
    if rank is None:
        return []
    return [
        LatestStatus(order=order, channel=channel, status_rank=rank)
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
    template, brand = template_for(event.status, event.shop), brand_for(event.shop)
    locale = (customer and customer.locale) or event.contact.locale
    language = language_for(template, locale, brand)
    recipient = recipient_of(event, channel, audience, policy=policy)
    return Notification(
        id=notification_id(event, channel),
        order=_order_details(event),
        status=event.status,
        channel=channel,
        priority=priority_of(event),
        template=template,
        template_version=version_of(template, language, brand),
        locale=language,
        recipient=recipient,
        country=_country(event, channel, audience, policy),
        time_zones=()
        if priority_of(event) is Priority.HIGH
        else stated_time_zones(event, channel, audience, policy=policy),
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


def _order_details(event: OrderEvent) -> OrderDetails:
    return OrderDetails(
        order_id=event.order_id,
        shop=event.shop,
        amount=str(event.amount) if event.amount else None,
        items=tuple(_line(item) for item in event.items),
        tracking_url=event.tracking_url,
    )


def _line(item: ItemV1) -> str:
    return item.name if item.quantity == 1 else f"{item.quantity} x {item.name}"
