"""Publish what became of messages. Used by the status events function and by redriving its batches."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from msgspec import Struct

from ordercast.status_events.status_event import (
    StatusChange,
    StatusEvent,
    publishable,
    status_event,
)


class StatusTopic(Protocol):
    """The topic that shops' consumers of status events subscribe to."""

    def publish(self, events: Sequence[StatusEvent]) -> set[str]:
        """Publish each; answer the ids of those that were certainly accepted."""
        ...


class PublishedEvents(Struct, frozen=True, kw_only=True):
    """How many events were published, and the changes whose events were not, or not certainly."""

    events: int
    undone: tuple[StatusChange, ...]


class PublishStatusEvents(Struct, frozen=True, kw_only=True):
    """Publish the newest public state of each notification of a batch, at least once.

    It keeps nothing: the same changes give the same events, ids included.
    """

    topic: StatusTopic
    source: str

    def __call__(self, changes: Iterable[StatusChange]) -> PublishedEvents:
        """Publish a batch of changes, in any order."""
        chosen = publishable(changes)
        events = [status_event(each, source=self.source) for each in chosen]
        taken = self.topic.publish(events)
        undone = [c for c, e in zip(chosen, events, strict=True) if e.id not in taken]
        return PublishedEvents(events=len(events) - len(undone), undone=tuple(undone))
