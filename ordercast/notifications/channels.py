"""Register the channels and what differs between them. Used by routing, templates, receipts and senders.

A new channel begins here; CONTRIBUTING.md lists what else it touches.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from msgspec import Struct

from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State


class ChannelTraits(Struct, frozen=True, kw_only=True):
    """What a channel is called, whom it reaches, and what its provider can do.

    `provider` is the first one, by its name in `PROVIDERS` (providers.py).
    `contact` is the field of a customer's record and of an event's contact that holds the address.
    With `refuses_in_receipts`, a receipt may be the first to say that the account could not send a
    message. With `resends`, a message in doubt is sent again once.
    `states` are in order of rank: a receipt only ever raises the state.
    With `reason_follows_status`, an event of the provider is a status and then its reason:
    `FAILURE/Phone has blocked SMS`. `marker` is its shape in plots.
    """

    label: str
    messages: str
    provider: str
    contact: Literal["phone", "email"]
    has_subject: bool
    refuses_in_receipts: bool
    resends: bool
    states: tuple[State, ...]
    reason_follows_status: bool
    marker: Literal["disc", "square"]


# Without a receipt.
_UNREPORTED = (State.REQUESTED, State.SENDING, State.IN_DOUBT, State.SENT, State.UNCONFIRMED)

CHANNELS: Mapping[Channel, ChannelTraits] = MappingProxyType(
    {
        Channel.SMS: ChannelTraits(
            label="SMS",
            messages="texts",
            provider="sns",
            contact="phone",
            has_subject=False,
            refuses_in_receipts=True,
            resends=False,
            states=(
                *_UNREPORTED,
                State.DEFERRED,  # the account could not send it
                State.CARRIER_ACCEPTED,
                State.FAILED_FOR_NOW,
                State.FAILED,
                State.DELIVERED,
            ),
            reason_follows_status=True,
            marker="disc",
        ),
        Channel.EMAIL: ChannelTraits(
            label="e-mail",
            messages="e-mails",
            provider="ses",
            contact="email",
            has_subject=True,
            refuses_in_receipts=False,
            resends=True,
            # A mail server may accept a message and bounce it afterwards; an automatic reply is
            # not a bounce.
            states=(
                *_UNREPORTED,
                State.DELAYED,
                State.SUPPRESSED,  # by the provider's own list
                State.FAILED,
                State.AUTO_REPLIED,
                State.DELIVERED,
                State.SOFT_BOUNCED,
                State.BOUNCED,
                State.COMPLAINED,
            ),
            reason_follows_status=False,
            marker="square",
        ),
    }
)

# The channel whose suppressed notification records that a customer cannot be reached on any.
WITHOUT_CONTACT = Channel.EMAIL


def rank(state: State, channel: Channel) -> int:
    """Return the rank of *state* on *channel*; raises `ValueError` if that channel lacks it."""
    return CHANNELS[channel].states.index(state)
