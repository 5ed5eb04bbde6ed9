"""Tell what may take the place of an event's notification, and draft the links of both. Used by relay and drafts."""

from collections.abc import Collection

from ordercast.decisions.audience import (
    CONSENT_BY_EVENT,
    Audience,
    Policy,
    consent_for,
    priority_of,
    recipient_of,
)
from ordercast.decisions.decision import Decision
from ordercast.decisions.usable_addresses import NO_CONTACT, unusable
from ordercast.events.identity import notification_id
from ordercast.events.order_event import Channel, OrderEvent, Priority
from ordercast.notifications.channels import CHANNELS
from ordercast.notifications.fallback import OTHER, Fallback
from ordercast.notifications.lifecycle import State
from ordercast.templates.statuses import is_promotional


def may_be_replaced(
    event: OrderEvent, channel: Channel, considered: Collection[Channel], *, policy: Policy
) -> bool:
    """Tell whether the other channel may take the place of *channel*: never one that was *considered* too."""
    if OTHER[channel] in considered or is_promotional(event.status, event.shop):
        return False
    if event.fallback_wish is not None:
        return event.fallback_wish == OTHER[channel]
    if channel is Channel.SMS:
        return policy.fallback
    return policy.fallback_to_text and priority_of(event) is Priority.HIGH


def fallback_of(
    event: OrderEvent, channel: Channel, decision: Decision, audience: Audience, *, policy: Policy
) -> Fallback | None:
    """Return what the row on *channel* keeps of its fallback: entered beside it, possible, or none."""
    other = OTHER[channel]
    fallback_id = notification_id(event, other)
    beside = decision.verdicts.get(other)
    if beside and beside.instead_of is channel:
        return Fallback(id=fallback_id, entered_at=decision.accepted_at)
    verdict = decision.verdicts[channel]
    replaced = may_be_replaced(event, channel, decision.verdicts, policy=policy)
    if verdict.instead_of or verdict.state is State.SUPPRESSED or not replaced:
        return None
    consent = consent_for(event, other, audience)
    rule = unusable(event, other, audience, policy=policy)
    return Fallback(
        id=fallback_id,
        to=None
        if rule or _on_record(audience, other)
        else recipient_of(event, other, audience, policy=policy),
        # Whether there is an address on record is asked when it is needed.
        rule=None if rule == NO_CONTACT else rule,
        consent=consent if consent == CONSENT_BY_EVENT else None,
    )


def _on_record(audience: Audience, channel: Channel) -> bool:
    """Tell whether the customer's record has the address, so that the row need not; a number was looked at here only."""
    return CHANNELS[channel].contact == "email" and bool(
        audience.customer and audience.customer.email
    )
