"""The name of a provider's event in, its place in the chain and what is learnt from it out.

`docs/receipts.md` shows this table; a test keeps the two alike. An event that nobody has heard of
yet has a place too: it proves at least that the provider has the message.
Sources: AWS docs "Contents of event data that Amazon SES publishes" and "Viewing Amazon
CloudWatch metrics and logs for SMS deliveries".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State


class SuppressionReason(StrEnum):
    """What an event teaches of the address: never again, or not too often; the word is the refusal."""

    OPTED_OUT = "opted-out"
    BLOCKED = "blocked"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    SUPPRESSION_LIST = "suppression-list"
    UNSUBSCRIBED = "unsubscribed"
    SOFT_BOUNCED = "soft-bounced"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventMeaning:
    """What an event says of its message; `known` is false where only its general kind is."""

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
    # These three are about what we wrote, not about the address.
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
    # SES took these and did not send them: suppressed, by its list instead of ours.
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
    # Somebody took it out of the spam folder.
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
"""Rules of suppressed notifications that a provider had taken, and kept back by a list of its own."""

PLACES: Mapping[Channel, Mapping[str, EventMeaning]] = {Channel.EMAIL: EMAIL, Channel.SMS: SMS}

# SES events that are counted and say nothing of where a message stands.
COUNTED = frozenset({"Open", "Click", "Subscription"})

# Of a new subtype of a soft bounce, all that is certain is that SES gave up.
_GENERAL = {"Bounce/Transient": EventMeaning(state=State.SOFT_BOUNCED, known=False)}


def meaning_of(kind: str, channel: Channel) -> EventMeaning:
    """Return the place of an event, or of the nearest thing to it that is known."""
    places = PLACES[channel]
    if kind in places:
        return places[kind]
    while "/" in kind:
        kind = kind.rpartition("/")[0]
        if kind in _GENERAL:
            return _GENERAL[kind]
        if kind in places:
            return EventMeaning(
                state=places[kind].state,
                suppression_reason=places[kind].suppression_reason,
                known=False,
            )
    return EventMeaning(state=State.SENT, known=False)


def reason(kind: str, channel: Channel) -> str | None:
    """Return why a message is where this event puts it; None where it went as it should."""
    if meaning_of(kind, channel).state in _NEEDS_NO_REASON:
        return None
    return kind if channel is Channel.EMAIL else kind.partition("/")[2] or UNKNOWN


UNKNOWN = "unknown"

_NEEDS_NO_REASON = frozenset({State.SENT, State.CARRIER_ACCEPTED, State.DELIVERED})
