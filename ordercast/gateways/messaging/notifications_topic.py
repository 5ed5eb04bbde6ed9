"""Publish notification ids with their routing attributes to the notifications topic; nothing personal."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from ordercast.gateways.messaging.topic import Topic, TopicMessage
from ordercast.notifications.notification import Notification
from ordercast.notifications.published_message import PublishedMessage, RoutingAttributes


class SnsNotificationsTopic(Struct, frozen=True, kw_only=True):
    """The topic that senders' queues, and any shop's own consumers, subscribe to."""

    topic: Topic

    def publish(self, notifications: Sequence[Notification]) -> set[str]:
        """Publish the id and routing of each; answer the ids that were taken.

        If an answer is lost the id is published again later; the duplicate costs one refused claim.
        """
        taken = self.topic.publish([_message(each) for each in notifications])
        return {each.id for each, was in zip(notifications, taken, strict=True) if was}


def _message(notification: Notification) -> TopicMessage:
    routing = RoutingAttributes(
        channel=notification.channel,
        priority=notification.priority,
        template=notification.template,
        status=notification.status,
    )
    return TopicMessage(
        body=msgspec.json.encode(PublishedMessage(notification_id=notification.id)).decode(),
        attributes=msgspec.to_builtins(routing),
    )
