"""Publish status events with their filter attributes to the stage's topic for shops."""

import json
import re
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from ordercast.gateways.messaging.topic import Topic, TopicMessage
from ordercast.status_events.status_event import StatusAttributes, StatusEvent


class SnsStatusTopic(Struct, frozen=True, kw_only=True):
    """The topic of status events. Ten of the largest take a quarter of what a call may hold."""

    topic: Topic

    def publish(self, events: Sequence[StatusEvent]) -> set[str]:
        """Publish each; answer the ids of those that were certainly accepted."""
        taken = self.topic.publish([message_of(each) for each in events])
        return {each.id for each, was in zip(events, taken, strict=True) if was}


def message_of(event: StatusEvent) -> TopicMessage:
    """Return what is published of an event."""
    attributes = StatusAttributes(
        channel=event.data.channel, state=event.data.state, shop=_filterable(event.data.shop)
    )
    # In ASCII: SNS refuses some characters for good, and an order's id may have any.
    body = json.dumps(msgspec.to_builtins(event), separators=(",", ":"))
    return TopicMessage(body=body, attributes=msgspec.to_builtins(attributes))


def _filterable(shop: str | None) -> str | None:
    """Return the shop unless it has characters that SNS refuses: then the body alone names it."""
    return shop if shop and not _REFUSED.search(shop) else None


# What XML 1.0 has no character for (Amazon SNS API reference: Publish).
_REFUSED = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
