"""A notifications topic in memory, which can lose messages or answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ordercast.notifications.notification import Notification


class TwoEntriesOfOneId(Exception):
    """SNS refuses a whole batch in which two entries share an id (BatchEntryIdsNotDistinct)."""


@dataclass(slots=True)
class FakeNotificationsTopic:
    """What was published, each with its routing.

    What `takes` says no to was lost on the way; what `hears` says no to went out, and only the
    answer was lost.
    """

    published: list[Notification] = field(default_factory=list)
    takes: Callable[[Notification], bool] = lambda _: True
    hears: Callable[[Notification], bool] = lambda _: True

    def publish(self, notifications: Sequence[Notification]) -> set[str]:
        if len({n.id for n in notifications}) < len(notifications):
            raise TwoEntriesOfOneId
        taken = [n for n in notifications if self.takes(n)]
        self.published += taken
        return {n.id for n in taken if self.hears(n)}
