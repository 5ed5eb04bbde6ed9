"""Say which notification may take another's place, and when one has ended unheard. Used by relay, senders, receipts and sweeper."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from msgspec import Struct

from ordercast.events.order_event import Channel, Priority
from ordercast.notifications.lifecycle import State

if TYPE_CHECKING:
    from ordercast.notifications.notification import Notification

OTHER: Mapping[Channel, Channel] = MappingProxyType(
    {Channel.SMS: Channel.EMAIL, Channel.EMAIL: Channel.SMS}
)
"""The channel of the fallback, by that of the notification in whose place it is sent."""

# By receipts or a provider's refusal: it was not heard of, as far as anybody can tell by now.
_UNHEARD: Mapping[Channel, frozenset[State]] = MappingProxyType(
    {
        Channel.SMS: frozenset({State.FAILED, State.FAILED_FOR_NOW}),
        Channel.EMAIL: frozenset({State.BOUNCED}),
    }
)


CANCELLED = "cancelled"
"""The rule of what an operator cancelled, and of the fallback that is not to take its place."""


class Fallback(Struct, frozen=True, kw_only=True):
    """What a notification's fallback needs: the id it would have, and where it would go.

    `to` is its address; without one it is the customer's on record. `rule` says why nothing goes there.
    `consent` is the event's; without it the customer's record is asked. `entered_at` is set once it is on
    the ledger.
    """

    id: str
    to: str | None = None
    rule: str | None = None
    consent: str | None = None
    entered_at: datetime | None = None


def awaits_fallback(row: "Notification") -> bool:
    """Tell whether another notification may still be entered in place of *row*."""
    return row.fallback is not None and row.fallback.entered_at is None and not is_called_off(row)


def is_called_off(row: "Notification") -> bool:
    """Tell whether an operator has cancelled *row*: its fallback is not sent, even if it was entered at that moment."""
    return row.fallback is not None and row.fallback.rule == CANCELLED


def needs_word(row: "Notification") -> bool:
    """Tell whether *row* is a text so urgent that its fallback goes as well where nothing is known of it."""
    urgent = row.priority is Priority.HIGH and row.channel is Channel.SMS
    return urgent and awaits_fallback(row)


def ends_unheard(row: "Notification", state: State) -> bool:
    """Tell whether *row*, once a provider's word has brought it to *state*, needs its fallback."""
    unknown = state is State.UNCONFIRMED and needs_word(row)
    return unknown or (awaits_fallback(row) and state in _UNHEARD[row.channel])
