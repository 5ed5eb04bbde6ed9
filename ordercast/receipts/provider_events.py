"""Map each provider event (SES event type, SMS status) to its meaning. Used wherever receipts are read.

`docs/receipts.md` shows this table; a test compares the two. An event type that is not in the
table still proves that the provider has the message.
Sources: AWS docs "Contents of event data that Amazon SES publishes" and "Viewing Amazon
CloudWatch metrics and logs for SMS deliveries", and of End User Messaging "Example event data".
"""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.notifications.channels import CHANNELS
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


class EventMeaning(Struct, frozen=True):
    """The state an event puts its message in; `known` is false if only its general type is in the table.

    `rule` replaces the provider's words as the reason. What is not `charged` was never sent, and costs
    nothing, whatever the receipt says.
    """

    state: State
    suppression_reason: SuppressionReason | None = None
    known: bool = True
    rule: str | None = None
    charged: bool = True


OVER_PRICE = "over-price"
"""The rule of a text that would have cost more than its ceiling."""

_DELAYED = EventMeaning(State.DELAYED)
_DELIVERED = EventMeaning(State.DELIVERED)
_FAILED = EventMeaning(State.FAILED)
_OVER_PRICE = EventMeaning(State.FAILED, rule=OVER_PRICE, charged=False)
_SOFT_BOUNCED = EventMeaning(State.SOFT_BOUNCED)
_AUTO_REPLIED = EventMeaning(State.AUTO_REPLIED)
_COUNTED_SOFT_BOUNCE = EventMeaning(State.SOFT_BOUNCED, SuppressionReason.SOFT_BOUNCED)
_BOUNCED = EventMeaning(State.BOUNCED, SuppressionReason.BOUNCED)
_ON_A_LIST = EventMeaning(State.SUPPRESSED, SuppressionReason.SUPPRESSION_LIST)
_COMPLAINED = EventMeaning(State.COMPLAINED, SuppressionReason.COMPLAINED)
_CARRIER_ACCEPTED = EventMeaning(State.CARRIER_ACCEPTED)
_FAILED_FOR_NOW = EventMeaning(State.FAILED_FOR_NOW)
_NOT_SENT = EventMeaning(State.DEFERRED, charged=False)
_BLOCKED = EventMeaning(State.FAILED, SuppressionReason.BLOCKED)

FAILED = "failed"
PERMANENT = "permanent"
DELAYED = "delayed"

# Where SES does not know the type, a recipient's delivery report may say more: RFC 3464.
_REPORTED = {
    f"Bounce/{vague}/{action}": meaning
    for vague in ("Transient", "Transient/General", "Undetermined", "Undetermined/Undetermined")
    for action, meaning in (
        (FAILED, _SOFT_BOUNCED),
        (PERMANENT, _COUNTED_SOFT_BOUNCE),
        (DELAYED, _DELAYED),
    )
}

EMAIL: Mapping[str, EventMeaning] = {
    "Send": EventMeaning(State.SENT),
    "DeliveryDelay": _DELAYED,
    "DeliveryDelay/BYOIPHostNameLookupUnavailable": _DELAYED,
    "DeliveryDelay/General": _DELAYED,
    "DeliveryDelay/IPFailure": _DELAYED,
    "DeliveryDelay/InternalFailure": _DELAYED,
    "DeliveryDelay/MailboxFull": _DELAYED,
    "DeliveryDelay/RecipientServerError": _DELAYED,
    "DeliveryDelay/SendingDeferral": _DELAYED,
    "DeliveryDelay/SpamDetected": _DELAYED,
    "DeliveryDelay/TransientCommunicationFailure": _DELAYED,
    "DeliveryDelay/Undetermined": _DELAYED,
    "Delivery": _DELIVERED,
    "Reject": _FAILED,
    "Rendering Failure": _FAILED,
    "Bounce": _SOFT_BOUNCED,
    "Bounce/Undetermined": _SOFT_BOUNCED,
    "Bounce/Undetermined/Undetermined": _SOFT_BOUNCED,
    **_REPORTED,
    # Nearly always an out-of-office reply to a message that arrived.
    "Bounce/Transient": _AUTO_REPLIED,
    "Bounce/Transient/General": _AUTO_REPLIED,
    "Bounce/Transient/CustomTimeoutExceeded": _COUNTED_SOFT_BOUNCE,
    "Bounce/Transient/MailboxFull": _COUNTED_SOFT_BOUNCE,
    # These three concern the content, not the address.
    "Bounce/Transient/AttachmentRejected": _SOFT_BOUNCED,
    "Bounce/Transient/ContentRejected": _SOFT_BOUNCED,
    "Bounce/Transient/MessageTooLarge": _SOFT_BOUNCED,
    "Bounce/Permanent": _BOUNCED,
    "Bounce/Permanent/General": _BOUNCED,
    "Bounce/Permanent/NoEmail": _BOUNCED,
    # SES accepted these and did not send them: suppressed by its own list.
    "Bounce/Permanent/Suppressed": _ON_A_LIST,
    "Bounce/Permanent/OnAccountSuppressionList": _ON_A_LIST,
    "Bounce/Permanent/OnTenantSuppressionList": _ON_A_LIST,
    "Bounce/Permanent/UnsubscribedRecipient": EventMeaning(
        State.SUPPRESSED, SuppressionReason.UNSUBSCRIBED
    ),
    "Bounce/Permanent/EmailValidationSuppressed": EventMeaning(State.SUPPRESSED),
    "Complaint": _COMPLAINED,
    "Complaint/abuse": _COMPLAINED,
    "Complaint/auth-failure": _COMPLAINED,
    "Complaint/fraud": _COMPLAINED,
    "Complaint/other": _COMPLAINED,
    "Complaint/virus": _COMPLAINED,
    # The recipient moved it out of the spam folder.
    "Complaint/not-spam": _DELIVERED,
    "Complaint/OnAccountSuppressionList": _ON_A_LIST,
}

NO_ORIGINATION = "No origination entities available to send"
"""What SNS says of a country for which the account has no origination."""

FINALLY = ", and no further attempt"
"""What ends the words of a failure after which End User Messaging gives up."""

OPTED_OUT_KIND = "FAILURE/Phone number is opted out"
"""The event of a text that was not sent because its recipient had answered STOP."""

SMS: Mapping[str, EventMeaning] = {
    "SENT": EventMeaning(State.SENT),
    "QUEUED": EventMeaning(State.SENT),
    "PENDING": EventMeaning(State.SENT),
    "SUCCESS": _CARRIER_ACCEPTED,
    "SUCCESS/Message has been accepted by phone carrier": _CARRIER_ACCEPTED,
    "SUCCESS/Message has been accepted by phone": _DELIVERED,
    "SUCCESS/Delivered": _DELIVERED,
    "FAILURE": _FAILED_FOR_NOW,
    "FAILURE/Phone carrier is currently unreachable/unavailable": _FAILED_FOR_NOW,
    "FAILURE/Phone is currently unreachable/unavailable": _FAILED_FOR_NOW,
    "FAILURE/Unknown error attempting to reach phone": _FAILED_FOR_NOW,
    f"FAILURE/Phone carrier is currently unreachable/unavailable{FINALLY}": _FAILED,
    f"FAILURE/Phone is currently unreachable/unavailable{FINALLY}": _FAILED,
    "FAILURE/The delivery TTL has expired": _FAILED,
    "FAILURE/Blocked by a protect configuration": _FAILED,
    "FAILURE/Blocked as spam by phone carrier": _FAILED,
    "FAILURE/Phone carrier has blocked this message": _FAILED,
    "FAILURE/Invalid phone number": _FAILED,
    "FAILURE/Message body is invalid": _FAILED,
    "FAILURE/This delivery would exceed max price": _OVER_PRICE,
    # SNS took these, and the account could not send them: docs/runbook.md says what to mend.
    "FAILURE/No quota left for account": _NOT_SENT,
    f"FAILURE/{NO_ORIGINATION}": _NOT_SENT,
    "FAILURE/Sandboxed account unable to send to number.": _NOT_SENT,
    "FAILURE/Destination is on a blocked list": _BLOCKED,
    "FAILURE/Phone has blocked SMS": _BLOCKED,
    "FAILURE/Phone is on a blocked list": _BLOCKED,
    OPTED_OUT_KIND: EventMeaning(State.FAILED, SuppressionReason.OPTED_OUT),
}


UNREACHABLE = frozenset(kind.partition("/")[2] for kind in SMS if "unreachable/unavailable" in kind)
"""Reasons of texts whose carrier or phone could not be reached: another try may reach it."""


def sms_kind(written: str) -> str | None:
    """Return the event of `SMS` that is written like this, in older words too; None if it is new."""
    return _SMS_AS_WRITTEN.get(_as_compared(written))


def _as_compared(kind: str) -> str:
    words = " ".join(kind.casefold().split()).rstrip(" .")
    return words.replace("is blacklisted", "is on a blocked list")


_SMS_AS_WRITTEN = {_as_compared(kind): kind for kind in SMS}

NOT_SENT_REASONS = frozenset(
    kind.partition("/")[2] for kind, meaning in SMS.items() if meaning is _NOT_SENT
)
"""Reasons of texts that a provider took and that the account could not send."""

REFUSED_BY_PROVIDERS = frozenset(
    kind for kind, meaning_of in EMAIL.items() if meaning_of.state is State.SUPPRESSED
)
"""Rules of notifications that a provider accepted and then suppressed by its own list."""

MEANINGS: Mapping[Channel, Mapping[str, EventMeaning]] = {Channel.EMAIL: EMAIL, Channel.SMS: SMS}

# SES events that are only counted: they do not change the state of a message.
COUNTED = frozenset({"Open", "Click", "Subscription"})

# An unknown subtype of a transient bounce only says that SES gave up.
_GENERAL = {"Bounce/Transient": replace(_SOFT_BOUNCED, known=False)}


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
            return replace(meanings[kind], known=False)
    return EventMeaning(State.SENT, known=False)


def reason(kind: str, channel: Channel) -> str | None:
    """Return the reason that this event gives for a message's state; None if nothing went wrong."""
    meaning = meaning_of(kind, channel)
    if meaning.rule or meaning.state in _NEEDS_NO_REASON:
        return meaning.rule
    follows = CHANNELS[channel].reason_follows_status
    return kind.partition("/")[2] or UNKNOWN if follows else kind


UNKNOWN = "unknown"

_NEEDS_NO_REASON = frozenset({State.SENT, State.CARRIER_ACCEPTED, State.DELIVERED})
