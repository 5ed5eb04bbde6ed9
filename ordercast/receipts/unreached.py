"""Tell whether a text failed for a reason that another try may mend. Used by receipts and the sweeper."""

from ordercast.notifications.message import Message
from ordercast.notifications.notification import Notification
from ordercast.notifications.providers import PROVIDERS, provider_of
from ordercast.notifications.tries import is_delivered, latest
from ordercast.receipts.provider_events import FINALLY, UNREACHABLE


def unreached(row: Notification) -> Message | None:
    """Return the last try of *row*, if its carrier or phone could not be reached, and no other was delivered.

    A provider that says so of a try which it may repeat by itself, has not failed yet.
    """
    tries = latest(row)
    if len(tries) != 1 or is_delivered(row):
        return None
    [last] = tries
    reason = last.reason or ""
    if reason not in UNREACHABLE:
        return None
    traits = PROVIDERS.get(provider_of(row))
    repeats = traits is not None and traits.repeats_unreached
    return None if repeats and is_for_now(last) else last


def is_for_now(message: Message) -> bool:
    """Tell whether the carrier may still deliver *message*, of which it said that it was not reached."""
    return not (message.reason or "").endswith(FINALLY)
