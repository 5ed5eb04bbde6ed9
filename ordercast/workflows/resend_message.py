"""Enter a message once more, as a notification of its own, and publish it. Used by `ordercast resend` and the console."""

from datetime import timedelta
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from ordercast.decisions.lookup import LookupKeys, LookupResult
from ordercast.errors import LedgerUnavailable
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.people.person import people_for
from ordercast.people.quiet_policy import QuietPolicy
from ordercast.sending.due_policy import DuePolicy, release
from ordercast.sending.forgotten import forgotten
from ordercast.sending.resending import (
    Family,
    ResendRefusal,
    drafted_resend,
    refusal,
    resend_ids,
)
from ordercast.sending.send_rules import SendWithin, block_reason, latest_status_keys_of
from ordercast.workflows.ports import Changes, Clock, DecisionsAndRows, NotificationsTopic

ROUNDS = 5
"""How often the link is written again that others have changed the row of meanwhile."""


class ResendLedger(DecisionsAndRows, Changes, Protocol):
    """The part of the ledger that resending uses. Raises `LedgerUnavailable`."""


class Resend(Struct, frozen=True, kw_only=True):
    """Resend `number` of the message `first`: `row` is its notification, as it is or would be entered.

    With a `refusal` there is none. `is_there` says that an earlier command has entered it.
    """

    first: Notification
    number: int
    row: Notification | None = None
    refusal: ResendRefusal | None = None
    is_there: bool = False


class ResendMessage(Struct, frozen=True, kw_only=True):
    """Insert the resend of that number if it is absent, link the first to it, and publish it.

    A number names one notification, so a command may be killed at any step and repeated: what is there
    is found there. What is entered and not published, the sweeper publishes. The sender asks every rule
    again before its claim.
    """

    ledger: ResendLedger
    notifications_topic: NotificationsTopic
    quiet: QuietPolicy
    first_wait: timedelta
    send_within: SendWithin
    allowed: tuple[str, ...]
    now: Clock

    def plan(self, named: Notification, number: int, *, may_double: bool) -> Resend:
        """Return what would be entered as resend *number* of *named*, or of what that is a resend of."""
        family = self._family(named)
        known = family.resends.get(number)
        if known is not None:
            return Resend(first=family.first, number=number, row=known, is_there=True)
        refused = refusal(family, number, may_double=may_double, allowed=self.allowed)
        if refused:
            return Resend(first=family.first, number=number, refusal=refused)
        return self._by_the_rules(family.first, number)

    def __call__(self, named: Notification, number: int, *, may_double: bool) -> Resend:
        """Do what `plan` says; raises `LedgerUnavailable`, after which it is to be repeated."""
        planned = self.plan(named, number, may_double=may_double)
        if planned.row is None:
            return planned
        row = planned.row
        if not planned.is_there:
            [row] = self.ledger.accept([row], [])
        row = self._linked(planned.first, row, number)
        if row.state is State.REQUESTED:
            self.notifications_topic.publish([row])
        return replace(planned, row=row)

    def _family(self, named: Notification) -> Family:
        first = named.resend_of or named.id
        ids = resend_ids(first)
        wanted = LookupKeys(notifications=frozenset({first, *ids.values()}))
        found = self.ledger.look_up(wanted).notifications
        resends = {number: found[id_] for number, id_ in ids.items() if id_ in found}
        return Family(found.get(first, named), resends)

    def _by_the_rules(self, first: Notification, number: int) -> Resend:
        """Ask consent, staleness, quiet hours and holds, as the sweeper does of what was deferred until now."""
        now = self.now()
        draft = drafted_resend(first, number, now=now)
        found = self._look_up(draft)
        within = self.send_within(draft)
        rule = block_reason(draft, found, send_within=within, now=now)
        if rule:
            refused = ResendRefusal(f"{rule}: a rule forbids it now")
            return Resend(first=first, number=number, refusal=refused)
        # It waits for no receipts yet.
        due_policy = DuePolicy(
            first_wait=self.first_wait,
            resend_email_after=None,
            receipt_timeout=timedelta(),
            quiet=self.quiet,
        )
        action = release(draft, found, due_policy=due_policy, send_within=within, now=now)
        return Resend(first=first, number=number, row=action.row)

    def _look_up(self, draft: Notification) -> LookupResult:
        return self.ledger.look_up(
            LookupKeys(
                latest_statuses=frozenset(latest_status_keys_of(draft)),
                people=frozenset(people_for(draft)),
                notifications=frozenset([draft.fallback_for] if draft.fallback_for else ()),
                holds=True,
            )
        )

    def _linked(self, first: Notification, row: Notification, number: int) -> Notification:
        """Write the link on the first, and return *row*: forgotten, if its person was meanwhile."""
        for _ in range(ROUNDS):
            wanted = LookupKeys(notifications=frozenset({first.id, row.id}))
            found = self.ledger.look_up(wanted).notifications
            seen, row = found.get(first.id), found.get(row.id, row)
            if seen is None:
                return row  # its retention has ended
            if seen.forgotten and not row.forgotten:
                self.ledger.change([(row, forgotten(row, at=self.now()))])
            elif seen.last_resend >= number:
                return row
            else:
                self.ledger.change([(seen, replace(seen, last_resend=number))])
        raise LedgerUnavailable("the first message changes faster than it can be linked")
