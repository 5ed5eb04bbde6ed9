"""Release what is deferred until a time that has come, or behind a hold, as far as there is room. Used by the sweeper."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from ordercast.decisions.lookup import LookupKeys, LookupResult
from ordercast.events.order_event import Channel, Priority
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.pacing.holds import Hold
from ordercast.people.person import people_for
from ordercast.sending.due_partitions import WHENEVER, partition_of
from ordercast.sending.due_policy import DueAction, DuePolicy, looked_at, release
from ordercast.sending.send_rules import SendWithin, expires_at, latest_status_keys_of
from ordercast.workflows.ports import Clock, Ledger, NotificationsTopic
from ordercast.workflows.release_room import ReleaseRoom
from ordercast.workflows.sweep.actions import Actions, decide_each, due_rows, publish, write
from ordercast.workflows.sweep.swept import Swept


class ReleaseDeferred(Struct, frozen=True, kw_only=True):
    """Check each deferred row by send rules and holds; then publish it, suppress it or hold it back.

    What there is no room for stays as it is. High priority goes first, then what expires first.
    """

    ledger: Ledger
    notifications_topic: NotificationsTopic
    send_within: SendWithin
    due_policy: DuePolicy
    now: Clock
    limit: int

    def __call__(
        self,
        partitions: Sequence[str],
        swept: Swept,
        room: ReleaseRoom,
        *,
        until: datetime | None = None,
    ) -> bool:
        """Do one bounded round over what is due *until* then, or by now.

        Returns whether there may be more to release; raises `Retryable`.
        """
        now = self.now()
        due, more = due_rows(self.ledger, partitions, until=until or now, limit=self.limit)
        share = -(-self.limit // max(1, len(partitions)))
        rows = self._going(due, swept, room, now, share=share)
        if not rows:
            return False
        found = self.look_up(rows)
        decided = decide_each(
            rows,
            lambda row: self.action(row, found, now),
            lambda row: self.later(row, now),
            swept,
        )
        actions = {i: looked_at_after_its_queue(each, room) for i, each in decided.items()}
        written = write(self.ledger, rows, actions)
        released = [actions[i].row for i in written if actions[i].row.state is State.REQUESTED]
        room.take(released)
        swept.released += len(released)
        publish(self.notifications_topic, written, actions, swept)
        # Of what did not go, some may: suppressed rows took no room.
        return more or len(rows) < len(due)

    def _going(
        self,
        due: list[Notification],
        swept: Swept,
        room: ReleaseRoom,
        now: datetime,
        *,
        share: int,
    ) -> list[Notification]:
        """Return what is decided about now: what there is room for, and what has expired."""
        due.sort(key=self.urgency)
        expired = [row for row in due if self._expires(row) < now]
        others = [row for row in due if self._expires(row) >= now]
        fitting = room.fit(self._before_the_unread(others, share))
        going = {row.id for row in fitting}
        swept.without_room |= self._expiries(row for row in others if row.id not in going)
        return [*expired, *fitting]

    def _before_the_unread(self, rows: Sequence[Notification], share: int) -> list[Notification]:
        """Return the rows that expire before any that was not read.

        A partition that named its *share* has more, which expire after those that it named.
        """
        read: dict[tuple[Channel, str], list[datetime]] = {}
        for row in rows:
            read.setdefault((row.channel, partition_of(row)), []).append(self._expires(row))
        until: dict[Channel, datetime] = {}
        for (channel, _), expiries in read.items():
            if len(expiries) >= share:
                until[channel] = min(max(expiries), until.get(channel, WHENEVER))
        return [row for row in rows if self._expires(row) <= until.get(row.channel, WHENEVER)]

    def look_up(self, rows: Collection[Notification]) -> LookupResult:
        """Read what the release of *rows* is decided by."""
        return self.ledger.look_up(
            LookupKeys(
                latest_statuses=frozenset(k for row in rows for k in latest_status_keys_of(row)),
                people=frozenset(key for row in rows for key in people_for(row)),
                notifications=frozenset(row.fallback_for for row in rows if row.fallback_for),
                holds=True,
            )
        )

    def past(self, hold: Hold, rows: Sequence[Notification], swept: Swept) -> Actions:
        """Decide about *rows* as if *hold* were let go; what is requested still names it, and passes it."""
        found, now = self.look_up(rows), self.now()
        found = replace(found, holds=tuple(each for each in found.holds if each.id != hold.id))
        decided = decide_each(
            rows,
            lambda row: self.action(row, found, now),
            lambda row: self.later(row, now),
            swept,
        )
        return {
            i: replace(each, row=replace(each.row, held_by=hold.id)) if each.publish else each
            for i, each in decided.items()
        }

    def later(self, row: Notification, now: datetime) -> Notification:
        """Return a row that cannot be decided about: behind no hold, or each round would read it."""
        return replace(looked_at(row, due_policy=self.due_policy, now=now), held_by=None)

    def action(self, row: Notification, found: LookupResult, now: datetime) -> DueAction:
        """Decide what becomes of a deferred row."""
        within = self.send_within(row)
        return release(row, found, due_policy=self.due_policy, send_within=within, now=now)

    def _expiries(self, rows: Iterable[Notification]) -> dict[tuple[Channel, bool], list[datetime]]:
        """Return when each of *rows* expires, by channel and whether it waits behind a hold."""
        expiries: dict[tuple[Channel, bool], list[datetime]] = {}
        for row in rows:
            expiries.setdefault((row.channel, row.held_by is not None), []).append(
                self._expires(row)
            )
        return expiries

    def urgency(self, row: Notification) -> tuple[bool, datetime]:
        """Return a key by which what goes first is the least."""
        return row.priority is not Priority.HIGH, self._expires(row)

    def _expires(self, row: Notification) -> datetime:
        try:
            return expires_at(row, self.send_within(row))
        except Exception:  # noqa: BLE001 - whoever decides about the row meets the bug again, and notes it
            return row.effective_at


def looked_at_after_its_queue(action: DueAction, room: ReleaseRoom) -> DueAction:
    """Return *action* with the look after what waits in the queue: sooner, it would be published twice."""
    row = action.row
    if not action.publish or row.due_at is None:
        return action
    return replace(action, row=replace(row, due_at=row.due_at + room.until_sent(row)))
