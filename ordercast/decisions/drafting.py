"""A marked event in, the rows that its mark promises out."""

from datetime import datetime

from ordercast.decisions.decision import Decision, Verdict, Verdicts
from ordercast.decisions.routing import Audience, Policy, consent_for, recipient_of
from ordercast.events.identity import notification_id
from ordercast.events.order_event import Channel, Item, OrderEvent
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification, OrderDetails
from ordercast.notifications.status_rank import LatestStatus, status_rank
from ordercast.people.contact import country_of
from ordercast.templates import language_for, template_for, version_of


def rows(
    event: OrderEvent, mark: Decision, audience: Audience, *, policy: Policy
) -> list[Notification]:
    """Draft each notification that the mark promises; a stale event has none.

    The same event always yields the same notification ids; every later step recognises a
    redelivery by them. What is not to be sent is there too, suppressed, with its rule.
    """
    if mark.is_stale:
        return []
    return [
        _row(event, channel, verdict, mark, audience, policy)
        for channel, verdict in mark.verdicts.items()
    ]


def latest_statuses(event: OrderEvent, order: str, verdicts: Verdicts) -> list[LatestStatus]:
    """Return how far the order gets with this event, on each channel that tells of it."""
    stands = status_rank(event.status, event.occurred_at)
    if stands is None:
        return []
    return [
        LatestStatus(order=order, channel=channel, status_rank=stands)
        for channel, verdict in verdicts.items()
        if verdict.state is not State.SUPPRESSED
    ]


def _row(
    event: OrderEvent,
    channel: Channel,
    verdict: Verdict,
    mark: Decision,
    audience: Audience,
    policy: Policy,
) -> Notification:
    customer = audience.customer
    template = template_for(event.status)
    language = language_for(event.status, (customer and customer.locale) or event.contact.locale)
    recipient = recipient_of(event, channel, audience, policy=policy)
    return Notification(
        id=notification_id(event, channel),
        order=_receipt_events(event),
        status=event.status,
        channel=channel,
        priority=event.priority,
        template=template,
        template_version=version_of(template, language),
        locale=language,
        recipient=recipient,
        country=_country(event, channel, audience, recipient),
        customer_id=event.customer_id,
        campaign=event.campaign,
        consent=consent_for(event, channel, audience),
        state=verdict.state,
        rule=verdict.rule,
        occurred_at=event.occurred_at,
        # What waits for the morning is the morning's: it neither grows old nor counts meanwhile.
        accepted_at=verdict.until or mark.accepted_at,
        expires_at=mark.expires_at,
        due_at=_due(verdict, mark.accepted_at, policy),
    )


def _country(
    event: OrderEvent, channel: Channel, audience: Audience, recipient: str | None
) -> str | None:
    """Return where a text goes, or where the reader of an e-mail is known to be."""
    if channel is Channel.SMS and recipient:
        return country_of(recipient)
    return (audience.customer and audience.customer.country) or event.contact.country


def _due(verdict: Verdict, accepted_at: datetime, policy: Policy) -> datetime | None:
    if verdict.state is State.SUPPRESSED:
        return None
    return verdict.until or accepted_at + policy.republish_after


def _receipt_events(event: OrderEvent) -> OrderDetails:
    return OrderDetails(
        order_id=event.order_id,
        shop=event.shop,
        amount=str(event.amount) if event.amount else None,
        items=tuple(_line(item) for item in event.items),
        tracking_url=event.tracking_url,
    )


def _line(item: Item) -> str:
    return item.name if item.quantity == 1 else f"{item.quantity} x {item.name}"
