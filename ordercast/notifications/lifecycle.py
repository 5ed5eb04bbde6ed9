"""Where a notification stands, and which word on it outranks which.

What is known of one message joins by maximum along its channel's chain, so that late, repeated,
reordered and contradictory receipts all end in one state. `docs/receipts.md` tells which event of
a provider is which word.
"""

from enum import StrEnum

from ordercast.events.order_event import Channel


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

# What the delivery rate is made of: delivered / (delivered + undelivered). Whoever complains has
# got the message.
COUNTS_AS_DELIVERED = frozenset({State.DELIVERED, State.COMPLAINED})
COUNTS_AS_UNDELIVERED = frozenset(
    {State.FAILED_FOR_NOW, State.FAILED, State.SOFT_BOUNCED, State.BOUNCED}
)

# Nothing of it waits for anybody; a later receipt may still say more.
FINAL = (
    COUNTS_AS_DELIVERED
    | COUNTS_AS_UNDELIVERED
    | {State.UNCONFIRMED, State.AUTO_REPLIED, State.SUPPRESSED, State.PARKED}
)

# Where nothing is left for the sweeper to do: it ended, or the next word is the carrier's.
OUT_OF_OUR_HANDS = FINAL | {State.SENT, State.DELAYED, State.CARRIER_ACCEPTED}


def rank(state: State, channel: Channel) -> int:
    """Return how strong a word *state* is on *channel*; raises `ValueError` where it is none."""
    return CHAINS[channel].index(state)
