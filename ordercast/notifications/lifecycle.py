"""Define the states of a notification and their order on each channel. Used by every layer.

Receipts merge by maximum along the channel's chain, so that late, repeated, reordered and
contradictory ones all end in one state. `docs/receipts.md` lists the state of each provider event.
"""

from enum import StrEnum

from ordercast.events.order_event import Channel


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


CHAINS: dict[Channel, tuple[State, ...]] = {
    Channel.SMS: (
        State.REQUESTED,
        State.SENDING,
        State.IN_DOUBT,
        State.SENT,
        State.UNCONFIRMED,
        State.CARRIER_ACCEPTED,
        State.FAILED_FOR_NOW,
        State.FAILED,
        State.DELIVERED,
    ),
    # A mail server may accept a message and bounce it afterwards; an automatic reply is no bounce.
    Channel.EMAIL: (
        State.REQUESTED,
        State.SENDING,
        State.IN_DOUBT,
        State.SENT,
        State.UNCONFIRMED,
        State.DELAYED,
        State.SUPPRESSED,  # by the provider's own list
        State.FAILED,
        State.AUTO_REPLIED,
        State.DELIVERED,
        State.SOFT_BOUNCED,
        State.BOUNCED,
        State.COMPLAINED,
    ),
}

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


def rank(state: State, channel: Channel) -> int:
    """Return the rank of *state* on *channel*; raises `ValueError` if that channel lacks it."""
    return CHAINS[channel].index(state)
