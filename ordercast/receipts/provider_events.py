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


class Lesson(StrEnum):
    """What an event teaches of the address: never again, or not too often; the word is the refusal."""

    OPTED_OUT = "opted-out"
    BLOCKED = "blocked"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    SUPPRESSION_LIST = "suppression-list"
    UNSUBSCRIBED = "unsubscribed"
    SOFT_BOUNCED = "soft-bounced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What an event says of its message; `known` is false where only its general kind is."""

    state: State
    lesson: Lesson | None = None
    known: bool = True


EMAIL: Mapping[str, Place] = {
    "Send": Place(state=State.SENT),
    "DeliveryDelay": Place(state=State.DELAYED),
    "DeliveryDelay/BYOIPHostNameLookupUnavailable": Place(state=State.DELAYED),
    "DeliveryDelay/General": Place(state=State.DELAYED),
    "DeliveryDelay/IPFailure": Place(state=State.DELAYED),
    "DeliveryDelay/InternalFailure": Place(state=State.DELAYED),
    "DeliveryDelay/MailboxFull": Place(state=State.DELAYED),
    "DeliveryDelay/RecipientServerError": Place(state=State.DELAYED),
    "DeliveryDelay/SendingDeferral": Place(state=State.DELAYED),
    "DeliveryDelay/SpamDetected": Place(state=State.DELAYED),
    "DeliveryDelay/TransientCommunicationFailure": Place(state=State.DELAYED),
    "DeliveryDelay/Undetermined": Place(state=State.DELAYED),
    "Delivery": Place(state=State.DELIVERED),
    "Reject": Place(state=State.FAILED),
    "Rendering Failure": Place(state=State.FAILED),
    "Bounce": Place(state=State.SOFT_BOUNCED),
    "Bounce/Undetermined": Place(state=State.SOFT_BOUNCED),
    "Bounce/Undetermined/Undetermined": Place(state=State.SOFT_BOUNCED),
    # Nearly always an out-of-office reply to a message that arrived.
    "Bounce/Transient": Place(state=State.AUTO_REPLIED),
    "Bounce/Transient/General": Place(state=State.AUTO_REPLIED),
    "Bounce/Transient/CustomTimeoutExceeded": Place(
        state=State.SOFT_BOUNCED, lesson=Lesson.SOFT_BOUNCED
    ),
    "Bounce/Transient/MailboxFull": Place(state=State.SOFT_BOUNCED, lesson=Lesson.SOFT_BOUNCED),
    # These three are about what we wrote, not about the address.
    "Bounce/Transient/AttachmentRejected": Place(state=State.SOFT_BOUNCED),
    "Bounce/Transient/ContentRejected": Place(state=State.SOFT_BOUNCED),
    "Bounce/Transient/MessageTooLarge": Place(state=State.SOFT_BOUNCED),
    "Bounce/Permanent": Place(state=State.BOUNCED, lesson=Lesson.BOUNCED),
    "Bounce/Permanent/General": Place(state=State.BOUNCED, lesson=Lesson.BOUNCED),
    "Bounce/Permanent/NoEmail": Place(state=State.BOUNCED, lesson=Lesson.BOUNCED),
    # SES took these and did not send them: suppressed, by its list instead of ours.
    "Bounce/Permanent/Suppressed": Place(state=State.SUPPRESSED, lesson=Lesson.SUPPRESSION_LIST),
    "Bounce/Permanent/OnAccountSuppressionList": Place(
        state=State.SUPPRESSED, lesson=Lesson.SUPPRESSION_LIST
    ),
    "Bounce/Permanent/OnTenantSuppressionList": Place(
        state=State.SUPPRESSED, lesson=Lesson.SUPPRESSION_LIST
    ),
    "Bounce/Permanent/UnsubscribedRecipient": Place(
        state=State.SUPPRESSED, lesson=Lesson.UNSUBSCRIBED
    ),
    "Bounce/Permanent/EmailValidationSuppressed": Place(state=State.SUPPRESSED),
    "Complaint": Place(state=State.COMPLAINED, lesson=Lesson.COMPLAINED),
    "Complaint/abuse": Place(state=State.COMPLAINED, lesson=Lesson.COMPLAINED),
    "Complaint/auth-failure": Place(state=State.COMPLAINED, lesson=Lesson.COMPLAINED),
    "Complaint/fraud": Place(state=State.COMPLAINED, lesson=Lesson.COMPLAINED),
    "Complaint/other": Place(state=State.COMPLAINED, lesson=Lesson.COMPLAINED),
    "Complaint/virus": Place(state=State.COMPLAINED, lesson=Lesson.COMPLAINED),
    # Somebody took it out of the spam folder.
    "Complaint/not-spam": Place(state=State.DELIVERED),
    "Complaint/OnAccountSuppressionList": Place(
        state=State.SUPPRESSED, lesson=Lesson.SUPPRESSION_LIST
    ),
}

SMS: Mapping[str, Place] = {
    "SUCCESS": Place(state=State.CARRIER_ACCEPTED),
    "SUCCESS/Message has been accepted by phone carrier": Place(state=State.CARRIER_ACCEPTED),
    "SUCCESS/Message has been accepted by phone": Place(state=State.DELIVERED),
    "SUCCESS/Delivered": Place(state=State.DELIVERED),
    "FAILURE": Place(state=State.FAILED_FOR_NOW),
    "FAILURE/Phone carrier is currently unreachable/unavailable": Place(state=State.FAILED_FOR_NOW),
    "FAILURE/Phone is currently unreachable/unavailable": Place(state=State.FAILED_FOR_NOW),
    "FAILURE/Unknown error attempting to reach phone": Place(state=State.FAILED_FOR_NOW),
    "FAILURE/Blocked as spam by phone carrier": Place(state=State.FAILED),
    "FAILURE/Phone carrier has blocked this message": Place(state=State.FAILED),
    "FAILURE/Invalid phone number": Place(state=State.FAILED),
    "FAILURE/Message body is invalid": Place(state=State.FAILED),
    "FAILURE/This delivery would exceed max price": Place(state=State.FAILED),
    "FAILURE/Sandboxed account unable to send to number.": Place(state=State.FAILED),
    "FAILURE/Destination is on a blocked list": Place(state=State.FAILED, lesson=Lesson.BLOCKED),
    "FAILURE/Phone has blocked SMS": Place(state=State.FAILED, lesson=Lesson.BLOCKED),
    "FAILURE/Phone is on a blocked list": Place(state=State.FAILED, lesson=Lesson.BLOCKED),
    "FAILURE/Phone number is opted out": Place(state=State.FAILED, lesson=Lesson.OPTED_OUT),
}

REFUSED_BY_PROVIDERS = frozenset(
    kind for kind, place in EMAIL.items() if place.state is State.SUPPRESSED
)
"""Rules of suppressed notifications that a provider had taken, and kept back by a list of its own."""

PLACES: Mapping[Channel, Mapping[str, Place]] = {Channel.EMAIL: EMAIL, Channel.SMS: SMS}

# SES events that are counted and say nothing of where a message stands.
COUNTED = frozenset({"Open", "Click", "Subscription"})

# Of a new subtype of a soft bounce, all that is certain is that SES gave up.
_GENERAL = {"Bounce/Transient": Place(state=State.SOFT_BOUNCED, known=False)}


def place(kind: str, channel: Channel) -> Place:
    """Return the place of an event, or of the nearest thing to it that is known."""
    places = PLACES[channel]
    if kind in places:
        return places[kind]
    while "/" in kind:
        kind = kind.rpartition("/")[0]
        if kind in _GENERAL:
            return _GENERAL[kind]
        if kind in places:
            return Place(state=places[kind].state, lesson=places[kind].lesson, known=False)
    return Place(state=State.SENT, known=False)


def reason(kind: str, channel: Channel) -> str | None:
    """Return why a message is where this event puts it; None where it went as it should."""
    if place(kind, channel).state in _NEEDS_NO_REASON:
        return None
    return kind if channel is Channel.EMAIL else kind.partition("/")[2] or UNKNOWN


UNKNOWN = "unknown"

_NEEDS_NO_REASON = frozenset({State.SENT, State.CARRIER_ACCEPTED, State.DELIVERED})
