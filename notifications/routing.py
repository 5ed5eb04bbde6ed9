"""An order event in, its notifications out: who hears it, on which channel, and by which rule."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from notifications.contact import e164, mailbox
from notifications.identity import notification_id
from notifications.lifecycle import State
from notifications.notification import Notification, OrderFacts
from notifications.order_event import Channel, Item, OrderEvent
from notifications.templates import TEMPLATE_VERSION, language_for, template_for

CONSENT_BY_EVENT = "event"

NO_CONSENT = "no-consent"
NO_CONTACT = "no-contact"
INVALID_CONTACT = "invalid-contact"
NO_TEMPLATE = "no-template"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A stage's numbers: the country of a bare phone number, and how long things take."""

    default_country: str
    retention: timedelta
    republish_after: timedelta


def decide(event: OrderEvent, *, policy: Policy, now: datetime) -> list[Notification]:
    """Decide who hears about *event*, on which channel, and why.

    The same event always yields the same notification ids; every later step recognises a
    redelivery by them. What is not to be sent is there too, suppressed, with its rule.
    """
    return [_draft(event, channel, policy=policy, now=now) for channel in _candidates(event)]


def _candidates(event: OrderEvent) -> tuple[Channel, ...]:
    if event.channels is not None:
        return event.channels
    # Nobody has chosen a channel: each one we could use gets its row, and its refusal, below.
    reachable = tuple(channel for channel in Channel if _address_as_written(event, channel))
    return reachable or (Channel.EMAIL,)


def _draft(event: OrderEvent, channel: Channel, *, policy: Policy, now: datetime) -> Notification:
    recipient = _recipient(event, channel, policy)
    rule = _first_objection(event, channel, recipient)
    return Notification(
        id=notification_id(event, channel),
        order=_facts(event),
        status=event.status,
        channel=channel,
        priority=event.priority,
        template=template_for(event.status) or event.status,
        template_version=TEMPLATE_VERSION,
        locale=language_for(event.status, event.contact.locale),
        recipient=recipient,
        customer_id=event.customer_id,
        campaign=event.campaign,
        consent=CONSENT_BY_EVENT if event.channels is not None else None,
        state=State.REQUESTED if rule is None else State.SUPPRESSED,
        rule=rule,
        occurred_at=event.occurred_at,
        accepted_at=now,
        expires_at=now + policy.retention,
        due_at=now + policy.republish_after if rule is None else None,
    )


def _first_objection(event: OrderEvent, channel: Channel, recipient: str | None) -> str | None:
    """Name the first rule that forbids sending; no consent, no send, whatever else is true."""
    if event.channels is None:
        return NO_CONSENT
    if not _address_as_written(event, channel):
        return NO_CONTACT
    if recipient is None:
        return INVALID_CONTACT
    return None if template_for(event.status) else NO_TEMPLATE


def _address_as_written(event: OrderEvent, channel: Channel) -> str | None:
    return event.contact.phone if channel is Channel.SMS else event.contact.email


def _recipient(event: OrderEvent, channel: Channel, policy: Policy) -> str | None:
    written = _address_as_written(event, channel)
    if not written:
        return None
    if channel is Channel.EMAIL:
        return mailbox(written)
    return e164(written, country=event.contact.country or policy.default_country)


def _facts(event: OrderEvent) -> OrderFacts:
    return OrderFacts(
        order_id=event.order_id,
        shop=event.shop,
        amount=str(event.amount) if event.amount else None,
        items=tuple(_line(item) for item in event.items),
        tracking_url=event.tracking_url,
    )


def _line(item: Item) -> str:
    return item.name if item.quantity == 1 else f"{item.quantity} x {item.name}"
