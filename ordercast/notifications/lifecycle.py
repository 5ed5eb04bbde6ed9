"""Define the states of a notification. Used by every layer.

Receipts merge by maximum of the rank that channels.py gives, so that late, repeated, reordered and
contradictory ones all end in one state. `docs/receipts.md` lists the state of each provider event.
"""

from enum import StrEnum


class State(StrEnum):
    """The state of a notification; `docs/architecture.md` describes each."""

    DEFERRED = "deferred"
    REQUESTED = "requested"
    SENDING = "sending"
    IN_DOUBT = "in_doubt"
    SENT = "sent"
    UNCONFIRMED = "unconfirmed"
    DELAYED = "delayed"
    CARRIER_ACCEPTED = "carrier_accepted"
    FAILED_FOR_NOW = "failed_for_now"
    FAILED = "failed"
    AUTO_REPLIED = "auto_replied"
    DELIVERED = "delivered"
    SOFT_BOUNCED = "soft_bounced"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    SUPPRESSED = "suppressed"
    PARKED = "parked"


# The delivery rate is delivered / (delivered + undelivered). A complaint proves delivery.
COUNTS_AS_DELIVERED = frozenset({State.DELIVERED, State.COMPLAINED})
COUNTS_AS_UNDELIVERED = frozenset(
    {State.FAILED_FOR_NOW, State.FAILED, State.SOFT_BOUNCED, State.BOUNCED}
)

# Nothing more is awaited; a later receipt may still raise the state.
FINAL = (
    COUNTS_AS_DELIVERED
    | COUNTS_AS_UNDELIVERED
    | {State.UNCONFIRMED, State.AUTO_REPLIED, State.SUPPRESSED, State.PARKED}
)

# Nothing is left for the sweeper to do: it is final, or only a receipt can change it.
OUT_OF_OUR_HANDS = FINAL | {State.SENT, State.DELAYED, State.CARRIER_ACCEPTED}
