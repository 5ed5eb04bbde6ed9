"""Choose the template of a status, and tell its class and age. Used by drafting and senders."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from ordercast.events.message_class import MessageClass
from ordercast.events.statuses import STATUSES, Status
from ordercast.notifications.notification import Notification

# For a status of the shop's own: it says that there is news, without quoting the status.
GENERIC = "generic"

# What has no words of its own yet.
_WITHOUT_TEMPLATE = frozenset(
    {"out_for_delivery", "ready_for_pickup", "delayed", "partially_refunded", "payment_failed"}
)

TEMPLATES: Mapping[str, Status] = MappingProxyType(
    {name: status for name, status in STATUSES.items() if name not in _WITHOUT_TEMPLATE}
    | {GENERIC: Status(send_within=timedelta(hours=24))}
)
"""Each template that there is, by its name, which is its status."""


def template_for(status: str) -> str:
    """Return the template of *status*, in lower case as in events."""
    return status if status in TEMPLATES else GENERIC


def send_within(notification: Notification) -> timedelta:
    """Return how long after its event was accepted *notification* may still be sent."""
    return TEMPLATES[template_for(notification.template)].send_within


def message_class_of(template: str) -> MessageClass:
    """Return the class of the messages of a template, or of a status.

    It is asked anew at each step: what is deployed decides, as it does about the words.
    """
    return TEMPLATES[template_for(template)].message_class


def is_promotional(template: str) -> bool:
    """Tell whether the messages of a template, or of a status, are promotional."""
    return message_class_of(template) is MessageClass.PROMOTIONAL


def promotional_templates() -> list[str]:
    """Return the templates whose messages are promotional."""
    return [name for name in TEMPLATES if is_promotional(name)]
