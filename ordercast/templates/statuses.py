"""Choose the template of a status, and tell its class and age. Used by drafting and senders."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from ordercast.events.message_class import MessageClass
from ordercast.events.statuses import STATUSES, Status
from ordercast.notifications.notification import Notification
from ordercast.templates.brands import all_brands, brand_for

# For a status of the shop's own: it says that there is news, without quoting the status.
GENERIC = "generic"

TEMPLATES: Mapping[str, Status] = MappingProxyType(
    {**STATUSES, GENERIC: Status(send_within=timedelta(hours=24))}
)
"""Each template that there is, by its name, which is its status."""


def template_for(status: str, shop: str | None) -> str:
    """Return the template of *status*, in lower case as in events, for an order of *shop*."""
    return status if status in TEMPLATES or status in brand_for(shop).statuses else GENERIC


def send_within(notification: Notification) -> timedelta:
    """Return how long after its event was accepted *notification* may still be sent."""
    return _status(notification.template, notification.order.shop).send_within


def message_class_of(template: str, shop: str | None) -> MessageClass:
    """Return the class of the messages of a template, or of a status, for an order of *shop*.

    It is asked anew at each step: what is deployed decides, as it does about the words.
    """
    return _status(template, shop).message_class


def is_promotional(template: str, shop: str | None) -> bool:
    """Tell whether the messages of a template, or of a status, are promotional for an order of *shop*."""
    return message_class_of(template, shop) is MessageClass.PROMOTIONAL


def promotional_templates() -> list[str]:
    """Return the templates whose messages are promotional, those of brands too."""
    known = [
        *TEMPLATES.items(),
        *(own for each in all_brands() for own in each.own_statuses.items()),
    ]
    return [name for name, each in known if each.message_class is MessageClass.PROMOTIONAL]


def _status(template: str, shop: str | None) -> Status:
    known = TEMPLATES.get(template) or brand_for(shop).own_statuses.get(template)
    return known or TEMPLATES[GENERIC]
