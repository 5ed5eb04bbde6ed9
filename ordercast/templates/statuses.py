"""Choose the template of a status, and say what it may do and how old it may be. Used by drafting and senders."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from ordercast.notifications.message_class import MessageClass
from ordercast.notifications.notification import Notification

# For a status of the shop's own: it says that there is news, without quoting the status.
GENERIC = "generic"


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateSettings:
    """How old a message may be when it is sent, and its class."""

    send_within: timedelta
    message_class: MessageClass = MessageClass.TRANSACTIONAL


_A_DAY = TemplateSettings(send_within=timedelta(hours=24))
_ABOUT_MONEY = TemplateSettings(send_within=timedelta(hours=72))

TEMPLATES: Mapping[str, TemplateSettings] = MappingProxyType(
    {
        "confirmed": _A_DAY,
        "shipped": TemplateSettings(send_within=timedelta(hours=48)),
        "delivered": _A_DAY,
        "cancelled": _ABOUT_MONEY,
        "refunded": _ABOUT_MONEY,
        "failed": _ABOUT_MONEY,
        GENERIC: _A_DAY,
    }
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
