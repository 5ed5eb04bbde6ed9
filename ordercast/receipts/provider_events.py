"""Map each provider event (SES event type, SMS status) to its meaning. Used wherever receipts are read.

`docs/receipts.md` shows this table; a test compares the two. An event type that is not in the
table still proves that the provider has the message.
Sources: AWS docs "Contents of event data that Amazon SES publishes" and "Viewing Amazon
CloudWatch metrics and logs for SMS deliveries".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State


class SuppressionReason(StrEnum):
    """Why an address is suppressed; the value is the rule that later notifications are refused by."""

    OPTED_OUT = "opted-out"
    BLOCKED = "blocked"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    SUPPRESSION_LIST = "suppression-list"
    UNSUBSCRIBED = "unsubscribed"
    SOFT_BOUNCED = "soft-bounced"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventMeaning:
    """The state an event puts its message in; `known` is false if only its general type is in the table."""

    state: State
    suppression_reason: SuppressionReason | None = None
    known: bool = True


EMAIL: Mapping[str, EventMeaning] = {
    "Send": EventMeaning(state=State.SENT),
    "DeliveryDelay": EventMeaning(state=State.DELAYED),
    "DeliveryDelay/BYOIPHostNameLookupUnavailable": EventMeaning(state=State.DELAYED),
    "DeliveryDelay/General": EventMeaning(state=State.DELAYED),
    "DeliveryDelay/IPFailure": EventMeaning(state=State.DELAYED),
    "DeliveryDelay/InternalFailure": EventMeaning(state=State.DELAYED),
    "DeliveryDelay/MailboxFull": EventMeaning(state=State.DELAYED),
    "DeliveryDelay/RecipientServerError": EventMeaning(state=State.DELAYED),
    "DeliveryDelay/SendingDeferral": EventMeaning(state=State.DELAYED),
    "DeliveryDelay/SpamDetected": EventMeaning(state=State.DELAYED),
    "DeliveryDelay/TransientCommunicationFailure": EventMeaning(state=State.DELAYED),
    "DeliveryDelay/Undetermined": EventMeaning(state=State.DELAYED),
    "Delivery": EventMeaning(state=State.DELIVERED),
    "Reject": EventMeaning(state=State.FAILED),
    "Rendering Failure": EventMeaning(state=State.FAILED),
    "Bounce": EventMeaning(state=State.SOFT_BOUNCED),
    "Bounce/Undetermined": EventMeaning(state=State.SOFT_BOUNCED),
    "Bounce/Undetermined/Undetermined": EventMeaning(state=State.SOFT_BOUNCED),
    # Nearly always an out-of-office reply to a message that arrived.
    "Bounce/Transient": EventMeaning(state=State.AUTO_REPLIED),
    "Bounce/Transient/General": EventMeaning(state=State.AUTO_REPLIED),
    "Bounce/Transient/CustomTimeoutExceeded": EventMeaning(
        state=State.SOFT_BOUNCED, suppression_reason=SuppressionReason.SOFT_BOUNCED
    ),
    "Bounce/Transient/MailboxFull": EventMeaning(
        state=State.SOFT_BOUNCED, suppression_reason=SuppressionReason.SOFT_BOUNCED
    ),
    # These three concern the content, not the address.
    "Bounce/Transient/AttachmentRejected": EventMeaning(state=State.SOFT_BOUNCED),
    "Bounce/Transient/ContentRejected": EventMeaning(state=State.SOFT_BOUNCED),
    "Bounce/Transient/MessageTooLarge": EventMeaning(state=State.SOFT_BOUNCED),
    "Bounce/Permanent": EventMeaning(
        state=State.BOUNCED, suppression_reason=SuppressionReason.BOUNCED
    ),
    "Bounce/Permanent/General": EventMeaning(
        state=State.BOUNCED, suppression_reason=SuppressionReason.BOUNCED
    ),
    "Bounce/Permanent/NoEmail": EventMeaning(
        state=State.BOUNCED, suppression_reason=SuppressionReason.BOUNCED
    ),
    # SES accepted these and did not send them: suppressed by its own list.
    "Bounce/Permanent/Suppressed": EventMeaning(
        state=State.SUPPRESSED, suppression_reason=SuppressionReason.SUPPRESSION_LIST
    ),
    "Bounce/Permanent/OnAccountSuppressionList": EventMeaning(
        state=State.SUPPRESSED, suppression_reason=SuppressionReason.SUPPRESSION_LIST
    ),
    "Bounce/Permanent/OnTenantSuppressionList": EventMeaning(
        state=State.SUPPRESSED, suppression_reason=SuppressionReason.SUPPRESSION_LIST
    ),
    "Bounce/Permanent/UnsubscribedRecipient": EventMeaning(
        state=State.SUPPRESSED, suppression_reason=SuppressionReason.UNSUBSCRIBED
    ),
    "Bounce/Permanent/EmailValidationSuppressed": EventMeaning(state=State.SUPPRESSED),
    "Complaint": EventMeaning(
        state=State.COMPLAINED, suppression_reason=SuppressionReason.COMPLAINED
    ),
    "Complaint/abuse": EventMeaning(
        state=State.COMPLAINED, suppression_reason=SuppressionReason.COMPLAINED
    ),
    "Complaint/auth-failure": EventMeaning(
        state=State.COMPLAINED, suppression_reason=SuppressionReason.COMPLAINED
    ),
    "Complaint/fraud": EventMeaning(
        state=State.COMPLAINED, suppression_reason=SuppressionReason.COMPLAINED
    ),
    "Complaint/other": EventMeaning(
        state=State.COMPLAINED, suppression_reason=SuppressionReason.COMPLAINED
    ),
    "Complaint/virus": EventMeaning(
        state=State.COMPLAINED, suppression_reason=SuppressionReason.COMPLAINED
    ),
    # The recipient moved it out of the spam folder.
    "Complaint/not-spam": EventMeaning(state=State.DELIVERED),
    "Complaint/OnAccountSuppressionList": EventMeaning(
        state=State.SUPPRESSED, suppression_reason=SuppressionReason.SUPPRESSION_LIST
    ),
}

SMS: Mapping[str, EventMeaning] = {
    "SUCCESS": EventMeaning(state=State.CARRIER_ACCEPTED),
    "SUCCESS/Message has been accepted by phone carrier": EventMeaning(
        state=State.CARRIER_ACCEPTED
    ),
    "SUCCESS/Message has been accepted by phone": EventMeaning(state=State.DELIVERED),
    "SUCCESS/Delivered": EventMeaning(state=State.DELIVERED),
    "FAILURE": EventMeaning(state=State.FAILED_FOR_NOW),
    "FAILURE/Phone carrier is currently unreachable/unavailable": EventMeaning(
        state=State.FAILED_FOR_NOW
    ),
    "FAILURE/Phone is currently unreachable/unavailable": EventMeaning(state=State.FAILED_FOR_NOW),
    "FAILURE/Unknown error attempting to reach phone": EventMeaning(state=State.FAILED_FOR_NOW),
    "FAILURE/Blocked as spam by phone carrier": EventMeaning(state=State.FAILED),
    "FAILURE/Phone carrier has blocked this message": EventMeaning(state=State.FAILED),
    "FAILURE/Invalid phone number": EventMeaning(state=State.FAILED),
    "FAILURE/Message body is invalid": EventMeaning(state=State.FAILED),
    "FAILURE/This delivery would exceed max price": EventMeaning(state=State.FAILED),
    "FAILURE/Sandboxed account unable to send to number.": EventMeaning(state=State.FAILED),
    "FAILURE/Destination is on a blocked list": EventMeaning(
        state=State.FAILED, suppression_reason=SuppressionReason.BLOCKED
    ),
    "FAILURE/Phone has blocked SMS": EventMeaning(
        state=State.FAILED, suppression_reason=SuppressionReason.BLOCKED
    ),
    "FAILURE/Phone is on a blocked list": EventMeaning(
        state=State.FAILED, suppression_reason=SuppressionReason.BLOCKED
    ),
    "FAILURE/Phone number is opted out": EventMeaning(
        state=State.FAILED, suppression_reason=SuppressionReason.OPTED_OUT
    ),
}

REFUSED_BY_PROVIDERS = frozenset(
    kind for kind, meaning_of in EMAIL.items() if meaning_of.state is State.SUPPRESSED
)
"""Rules of notifications that a provider accepted and then suppressed by its own list."""

MEANINGS: Mapping[Channel, Mapping[str, EventMeaning]] = {Channel.EMAIL: EMAIL, Channel.SMS: SMS}

# SES events that are only counted: they do not change the state of a message.
COUNTED = frozenset({"Open", "Click", "Subscription"})

# An unknown subtype of a transient bounce only says that SES gave up.
_GENERAL = {"Bounce/Transient": EventMeaning(state=State.SOFT_BOUNCED, known=False)}


def meaning_of(kind: str, channel: Channel) -> EventMeaning:
    """Return the meaning of an event, or that of its nearest known type."""
    meanings = MEANINGS[channel]
    if kind in meanings:
        return meanings[kind]
    while "/" in kind:
        kind = kind.rpartition("/")[0]
        if kind in _GENERAL:
            return _GENERAL[kind]
        if kind in meanings:
            return EventMeaning(
                state=meanings[kind].state,
                suppression_reason=meanings[kind].suppression_reason,
                known=False,
            )
    return EventMeaning(state=State.SENT, known=False)


def reason(kind: str, channel: Channel) -> str | None:
    """Return the reason that this event gives for a message's state; None if nothing went wrong."""
    if meaning_of(kind, channel).state in _NEEDS_NO_REASON:
        return None
    return kind if channel is Channel.EMAIL else kind.partition("/")[2] or UNKNOWN


UNKNOWN = "unknown"

_NEEDS_NO_REASON = frozenset({State.SENT, State.CARRIER_ACCEPTED, State.DELIVERED})
