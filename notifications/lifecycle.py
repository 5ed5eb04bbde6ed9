"""Where a notification stands, and which word on it outranks which.

Facts about one notification join by maximum along its channel's chain, so that late, repeated and
reordered receipts all end in one state.
"""

from enum import StrEnum

from notifications.order_event import Channel


class State(StrEnum):
    """What is known of a notification; `docs/architecture.md` tells the story of each."""

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
        State.CARRIER_ACCEPTED,
        State.FAILED,
        State.DELIVERED,
    ),
    # A mail server may accept a message and bounce it afterwards: failed outranks delivered.
    Channel.EMAIL: (
        State.REQUESTED,
        State.SENDING,
        State.IN_DOUBT,
        State.SENT,
        State.DELIVERED,
        State.FAILED,
    ),
}

FINAL = frozenset({State.FAILED, State.DELIVERED, State.SUPPRESSED, State.PARKED})

# What the delivery rate is made of: delivered / (delivered + undelivered). Whoever complains has
# got the message.
COUNTS_AS_DELIVERED = frozenset({State.DELIVERED, State.COMPLAINED})
COUNTS_AS_UNDELIVERED = frozenset(
    {State.FAILED_FOR_NOW, State.FAILED, State.SOFT_BOUNCED, State.BOUNCED}
)

# Where nothing is left for the sweeper to do: it ended, or the next word is the carrier's.
OUT_OF_OUR_HANDS = FINAL | {State.SENT, State.CARRIER_ACCEPTED}


def outranked_by(state: State, channel: Channel) -> tuple[State, ...]:
    """Return the states that *state* replaces on *channel*, weakest first."""
    chain = CHAINS[channel]
    return chain[: chain.index(state)]
