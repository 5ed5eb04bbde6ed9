"""Split what is redriven into what is published now and what waits on the ledger. Used by `ordercast parked redrive`."""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.workflows.ports import Clock
from ordercast.workflows.release_room import ReleaseRoom

REDRIVEN_RULE = "redriven"


@dataclass(slots=True, kw_only=True)
class PacedRedrive:
    """What one command redrives; `deferred` counts the notifications that it left to the sweeper."""

    room: ReleaseRoom
    now: Clock
    deferred: int = 0

    def __call__(
        self, rows: Sequence[Notification]
    ) -> tuple[list[Notification], list[Notification]]:
        """Return the rows that there is room for, and the others as deferred and due now."""
        going = self.room.fit(rows)
        self.room.take(going)
        ids = {row.id for row in going}
        waiting = [
            # Behind no hold: a probe of one that is gone would wait for ever.
            replace(row, state=State.DEFERRED, rule=REDRIVEN_RULE, held_by=None, due_at=self.now())
            for row in rows
            if row.id not in ids
        ]
        return going, waiting
