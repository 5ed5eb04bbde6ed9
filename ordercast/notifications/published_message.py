"""Define what the notifications topic carries. Used by its gateway and, as AsyncAPI, by other consumers."""

from typing import Annotated

import msgspec
from msgspec import Meta

from ordercast.events.order_event import Channel, Priority


class PublishedMessage(msgspec.Struct, frozen=True, kw_only=True):
    """The body: which notification is to be sent. Nothing personal; the ledger has the rest."""

    notification_id: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{44}$")]


class RoutingAttributes(msgspec.Struct, frozen=True, kw_only=True):
    """The message attributes, by which subscriptions filter."""

    channel: Channel
    priority: Priority
    template: str
    status: str
