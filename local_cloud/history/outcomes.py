"""Choose what providers report of a message, and when. Used by the history.

The kinds of events are those of `ordercast.receipts.provider_events`, which says what each means.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from random import Random

from ordercast.events.order_event import Channel
from ordercast.receipts.provider_events import FINALLY

Reported = Sequence[tuple[str, timedelta]]
"""The kinds of events of a message, each with its time after the message was taken."""

_BY_PHONE = "SUCCESS/Message has been accepted by phone"
_UNREACHABLE = f"FAILURE/Phone is currently unreachable/unavailable{FINALLY}"
_CARRIER_DOWN = f"FAILURE/Phone carrier is currently unreachable/unavailable{FINALLY}"
_NONE = ""

# Of a thousand messages each.
_TEXTS: Mapping[str, float] = {
    _BY_PHONE: 955,
    "SUCCESS/Message has been accepted by phone carrier": 14,
    _UNREACHABLE: 12,
    "FAILURE/The delivery TTL has expired": 5,
    "FAILURE/Invalid phone number": 4,
    "FAILURE/Blocked as spam by phone carrier": 3,
    "FAILURE/Phone has blocked SMS": 1,
    _NONE: 6,
}
_EMAILS: Mapping[str, float] = {
    "Delivery": 977,
    "Bounce/Permanent/General": 6,
    "Bounce/Permanent/NoEmail": 2,
    "Bounce/Transient/MailboxFull": 5,
    "Bounce/Transient/General": 4,
    "Bounce/Transient/ContentRejected": 1,
    "DeliveryDelay/TransientCommunicationFailure": 3,
    "Complaint/abuse": 0.8,
    "Reject": 0.5,
    _NONE: 0.7,
}
_BAD_AFTERNOON = {_BY_PHONE: 300, _CARRIER_DOWN: 640, _NONE: 60}
_OLD_ADDRESSES = {**_EMAILS, "Bounce/Permanent/General": 75, "Complaint/abuse": 5}
_AFTER_A_DELIVERY = ("Complaint/abuse",)
_BEFORE_A_DELIVERY = ("DeliveryDelay/TransientCommunicationFailure",)


def reported(channel: Channel, chance: Random, *, is_bad: bool, is_old: bool) -> Reported:
    """Return what is reported of a message: nothing, one event, or several.

    *is_bad* is a text of the bad afternoon, *is_old* an e-mail to an address of long ago.
    """
    if channel is Channel.SMS:
        kind = _picked(_BAD_AFTERNOON if is_bad else _TEXTS, chance)
        took = _took(chance, 40 if is_bad else 4)
        return [(kind, took)] if kind else []
    kind = _picked(_OLD_ADDRESSES if is_old else _EMAILS, chance)
    took = _took(chance, 2)
    events = [("Send", timedelta(milliseconds=40))]
    if kind in _AFTER_A_DELIVERY:
        return [*events, ("Delivery", took), (kind, took + _took(chance, 5 * 3600))]
    if kind in _BEFORE_A_DELIVERY:
        return [*events, (kind, took), ("Delivery", took + _took(chance, 900))]
    return [*events, (kind, took)] if kind else events


def _picked(shares: Mapping[str, float], chance: Random) -> str:
    (kind,) = chance.choices(list(shares), list(shares.values()))
    return kind


def _took(chance: Random, median: float) -> timedelta:
    """Return a time of that median (seconds); a few take many times as long."""
    seconds = min(median * chance.lognormvariate(0, 0.7), 40 * median)
    return timedelta(milliseconds=max(1, int(seconds * 1000)))
