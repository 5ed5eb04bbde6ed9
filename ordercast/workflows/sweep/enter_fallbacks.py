"""Enter and publish the fallback of what has ended unheard. Used by `look_at_due`."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct, field
from msgspec.structs import replace

from ordercast.decisions.decision import KEPT
from ordercast.decisions.lookup import LatestStatusKey, LookupKeys, LookupResult
from ordercast.events.identity import order_of
from ordercast.events.order_event import Channel
from ordercast.notifications.fallback import Fallback
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.notifications.status_rank import LatestStatus, raise_latest_statuses, status_rank
from ordercast.pacing.restoring import fences
from ordercast.people.person import people_for
from ordercast.sending.due_policy import DuePolicy, release
from ordercast.sending.fallbacks import drafted, fallback_at, marked
from ordercast.sending.send_rules import SendWithin
from ordercast.workflows.ports import Ledger, NotificationsTopic
from ordercast.workflows.sweep.swept import Swept

Due = list[tuple[Notification, Fallback, datetime]]
"""What has ended unheard, its fallback, and since when that is due."""


class _Drafts(Struct):
    """Fallbacks to enter, by the id of what each is for; and the latest statuses that they raise."""

    rows: dict[str, Notification] = field(default_factory=dict)
    latest_statuses: dict[LatestStatusKey, LatestStatus] = field(default_factory=dict)


class EnterFallbacks(Struct, frozen=True, kw_only=True):
    """Insert each fallback that is absent, by the id that the event's own notification would have.

    The caller then writes that it was entered. Until that is written, the next look does this again,
    and finds it there. What is delivered meanwhile, the sender of the fallback sees before its claim.
    """

    ledger: Ledger
    notifications_topic: NotificationsTopic
    send_within: SendWithin
    due_policy: DuePolicy
    allowed: tuple[str, ...]

    def __call__(
        self, rows: Sequence[Notification], swept: Swept, *, now: datetime
    ) -> dict[str, Notification]:
        """Return, by id, those of *rows* whose fallback is entered, so marked; raises `Retryable`."""
        due = self._due(rows, now)
        if not due:
            return {}
        drafts = self._draft(due, self._look_up(due), swept, now)
        entered = self.ledger.accept(
            list(drafts.rows.values()), list(drafts.latest_statuses.values())
        )
        self.notifications_topic.publish([e for e in entered if e.state is State.REQUESTED])
        swept.fallbacks += len(entered)
        return {row.id: marked(row, each, now=now) for row, each, _ in due if row.id in drafts.rows}

    def _due(self, rows: Sequence[Notification], now: datetime) -> Due:
        grace, after = self.due_policy.fallback_grace, self.due_policy.fallback_unknown_after
        times = [(row, fallback_at(row, grace=grace, unknown_after=after)) for row in rows]
        return [(row, row.fallback, at) for row, at in times if at and at <= now and row.fallback]

    def _look_up(self, due: Due) -> LookupResult:
        """Read consents again, and the latest status of both channels."""
        return self.ledger.look_up(
            LookupKeys(
                people=frozenset(key for row, _, _ in due for key in people_for(row)),
                latest_statuses=frozenset(
                    (order_of(row.id), channel) for row, _, _ in due for channel in Channel
                ),
                holds=True,
            )
        )

    def _draft(self, due: Due, found: LookupResult, swept: Swept, now: datetime) -> _Drafts:
        drafts = _Drafts()
        for row, fallback, at in due:
            try:
                draft = self._decided(row, fallback, at, found, now)
            except Exception as error:  # noqa: BLE001 - a bug in one row must not sink its neighbours
                swept.bugs.append(type(error).__name__)
                continue
            drafts.rows[row.id] = draft
            rank = status_rank(draft.status, draft.occurred_at)
            if rank is not None and draft.state is not State.SUPPRESSED:
                latest = LatestStatus(
                    order=order_of(draft.id),
                    channel=draft.channel,
                    status_rank=rank,
                    kept_until=now + KEPT,
                )
                raise_latest_statuses(drafts.latest_statuses, [latest])
        return drafts

    def _decided(
        self,
        row: Notification,
        fallback: Fallback,
        at: datetime,
        found: LookupResult,
        now: datetime,
    ) -> Notification:
        draft = drafted(row, fallback, found, allowed=self.allowed, now=now)
        if fences(found.holds):
            # What was due before the ledger was lost may have been sent then.
            draft = replace(draft, effective_at=at)
        if draft.state is State.SUPPRESSED:
            return draft
        within = self.send_within(draft)
        return release(draft, found, due_policy=self.due_policy, send_within=within, now=now).row
