"""A topic of status events in memory, which can lose messages or answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ordercast.status_events.status_event import StatusEvent


@dataclass(slots=True)
class FakeStatusTopic:
    """What was published, in order, each as often as it was.

    What `takes` says no to was lost on the way; what `hears` says no to went out, and only the
    answer was lost.
    """

    published: list[StatusEvent] = field(default_factory=list)
    takes: Callable[[StatusEvent], bool] = lambda _: True
    hears: Callable[[StatusEvent], bool] = lambda _: True

    def publish(self, events: Sequence[StatusEvent]) -> set[str]:
        taken = [each for each in events if self.takes(each)]
        self.published += taken
        return {each.id for each in taken if self.hears(each)}
