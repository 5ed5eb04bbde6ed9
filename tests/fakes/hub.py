"""A hub in memory, which can fail to take some of what it is given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from notifications.notification import Notification


@dataclass(slots=True)
class FakeHub:
    """What was published, each with its routing; what `takes` says no to was lost on the way."""

    published: list[Notification] = field(default_factory=list)
    takes: Callable[[Notification], bool] = lambda _: True

    def publish(self, notifications: Sequence[Notification]) -> set[str]:
        taken = [n for n in notifications if self.takes(n)]
        self.published += taken
        return {n.id for n in taken}
