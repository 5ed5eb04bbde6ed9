"""Choose the template of a status, and how old its message may be. Used by drafting and senders."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from ordercast.notifications.notification import Notification

# For a status of the shop's own: it says that there is news, without quoting the status.
GENERIC = "generic"

# How old a message may be when it is sent; longer for those that concern money.
SEND_WITHIN: Mapping[str, timedelta] = MappingProxyType(
    {
        "confirmed": timedelta(hours=24),
        "shipped": timedelta(hours=48),
        "delivered": timedelta(hours=24),
        "cancelled": timedelta(hours=72),
        "refunded": timedelta(hours=72),
        "failed": timedelta(hours=72),
        GENERIC: timedelta(hours=24),
    }
)


def template_for(status: str) -> str:
    """Return the template of *status*, in lower case as in events."""
    return status if status in SEND_WITHIN else GENERIC


def send_within(notification: Notification) -> timedelta:
    """Return how long after its event was accepted *notification* may still be sent."""
    return SEND_WITHIN[template_for(notification.template)]
