"""Map states and rules of the ledger to the few that shops see. Used by `status_event`.

The ledger's states and rules may change with the code; these are a contract. A provider's own words
and a shop's own reason of an opt-out are never passed on: what is not in a table here has the
general reason of its state, or none. docs/status-events.md shows the tables; a test compares.
"""

from collections.abc import Mapping
from enum import StrEnum

from ordercast.notifications.fallback import CANCELLED
from ordercast.notifications.lifecycle import State
from ordercast.pacing.holds import FOR_MONEY, Why
from ordercast.receipts.provider_events import (
    EMAIL,
    OPTED_OUT_KIND,
    OVER_PRICE,
    REFUSED_BY_PROVIDERS,
    UNREACHABLE,
    SuppressionReason,
)
from ordercast.sending.backoff import OUT_OF_ATTEMPTS


class PublicState(StrEnum):
    """What became of a message, as shops see it."""

    WAITING = "waiting"
    SENT = "sent"
    UNKNOWN = "unknown"
    DELIVERED = "delivered"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    STOPPED = "stopped"


class PublicReason(StrEnum):
    """Why it is in that state, where there is more to say."""

    QUIET_HOURS = "quiet-hours"
    HELD = "held"
    BUDGET = "budget"
    RETRY = "retry"
    DELAYED = "delayed"
    CARRIER_ACCEPTED = "carrier-accepted"
    COMPLAINED = "complained"
    AUTO_REPLIED = "auto-replied"
    RESTORED = "restored"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    GAVE_UP = "gave-up"
    NO_SUCH_ADDRESS = "no-such-address"
    OVER_PRICE = "over-price"
    OPTED_OUT = "opted-out"
    NO_CONSENT = "no-consent"
    NO_CHANNEL = "no-channel"
    NO_ADDRESS = "no-address"
    INVALID_ADDRESS = "invalid-address"
    SUPPRESSED_ADDRESS = "suppressed-address"
    NOT_ALLOWED = "not-allowed"
    CAP = "cap"
    OUTDATED = "outdated"
    EXPIRED = "expired"
    ALREADY_DELIVERED = "already-delivered"
    BY_OPERATOR = "by-operator"
    OUT_OF_ATTEMPTS = "out-of-attempts"
    NOT_RENDERED = "not-rendered"


def public(state: State, rule: str | None) -> tuple[PublicState, PublicReason | None]:
    """Return what shops see of a notification in *state* by *rule*."""
    public_state, reason = _STATES[state]
    return public_state, RULES.get(state, {}).get(rule or "", reason)


_STATES: Mapping[State, tuple[PublicState, PublicReason | None]] = {
    State.DEFERRED: (PublicState.WAITING, PublicReason.HELD),
    State.REQUESTED: (PublicState.WAITING, None),
    State.SENDING: (PublicState.WAITING, None),
    State.IN_DOUBT: (PublicState.UNKNOWN, None),
    State.SENT: (PublicState.SENT, None),
    State.DELAYED: (PublicState.SENT, PublicReason.DELAYED),
    State.CARRIER_ACCEPTED: (PublicState.SENT, PublicReason.CARRIER_ACCEPTED),
    State.UNCONFIRMED: (PublicState.UNCONFIRMED, None),
    State.AUTO_REPLIED: (PublicState.UNCONFIRMED, PublicReason.AUTO_REPLIED),
    State.DELIVERED: (PublicState.DELIVERED, None),
    State.COMPLAINED: (PublicState.DELIVERED, PublicReason.COMPLAINED),
    State.FAILED: (PublicState.FAILED, PublicReason.REFUSED),
    State.FAILED_FOR_NOW: (PublicState.FAILED, PublicReason.UNREACHABLE),
    State.SOFT_BOUNCED: (PublicState.FAILED, PublicReason.GAVE_UP),
    State.BOUNCED: (PublicState.FAILED, PublicReason.NO_SUCH_ADDRESS),
    # The customers' records may name a reason of their own for an opt-out.
    State.SUPPRESSED: (PublicState.SUPPRESSED, PublicReason.OPTED_OUT),
    State.PARKED: (PublicState.STOPPED, PublicReason.NOT_RENDERED),
}

_OPT_OUTS = {SuppressionReason.OPTED_OUT, SuppressionReason.UNSUBSCRIBED}
"""Reasons for which a customer wants no such messages; the others say that an address takes none."""

# By their values: to import the modules that name these rules would bring along, at each cold start, what
# decides by them. A test compares.
SUPPRESSED: Mapping[str, PublicReason] = {
    **dict.fromkeys(
        ("invalid-contact", "ambiguous-number", "several-numbers"), PublicReason.INVALID_ADDRESS
    ),
    **dict.fromkeys(("number-with-extension", "number-with-text"), PublicReason.INVALID_ADDRESS),
    **dict.fromkeys(("number-kind", "country-closed", "not-allowed"), PublicReason.NOT_ALLOWED),
    **dict.fromkeys(("dropped-by-operator", CANCELLED, "forgotten"), PublicReason.BY_OPERATOR),
    "no-contact": PublicReason.NO_ADDRESS,
    "no-consent": PublicReason.NO_CONSENT,
    "no-channel": PublicReason.NO_CHANNEL,
    "cap": PublicReason.CAP,
    "stale": PublicReason.OUTDATED,
    "expired": PublicReason.EXPIRED,
    "over-budget": PublicReason.BUDGET,
    "already-delivered": PublicReason.ALREADY_DELIVERED,
}
"""The rules of what is not sent, but for those that a provider's report has made."""

RULES: Mapping[State, Mapping[str, PublicReason]] = {
    State.DEFERRED: {
        "quiet-hours": PublicReason.QUIET_HOURS,
        "retry": PublicReason.RETRY,
        **{str(why): PublicReason.BUDGET for why in FOR_MONEY},
    },
    State.UNCONFIRMED: {str(Why.RESTORED): PublicReason.RESTORED},
    State.FAILED: {
        OVER_PRICE: PublicReason.OVER_PRICE,
        OPTED_OUT_KIND.partition("/")[2]: PublicReason.OPTED_OUT,
        **dict.fromkeys(UNREACHABLE, PublicReason.UNREACHABLE),
    },
    State.SUPPRESSED: {
        **{
            str(each): PublicReason.SUPPRESSED_ADDRESS
            for each in SuppressionReason
            if each not in _OPT_OUTS
        },
        **{
            kind: PublicReason.SUPPRESSED_ADDRESS
            for kind in REFUSED_BY_PROVIDERS
            if EMAIL[kind].suppression_reason not in _OPT_OUTS
        },
        **SUPPRESSED,
    },
    State.PARKED: {OUT_OF_ATTEMPTS: PublicReason.OUT_OF_ATTEMPTS},
}
"""The reasons that say more than the general one of their state, by the ledger's rule."""
