"""Hold messages back: what a hold covers, why, by whom and since when. Used by senders, the sweeper and operators.

An operator's pause, trouble with the account, a budget that is used up, the velocity trip, an open
breaker and a bad reputation are all holds. Who may write one only has to know its scope.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from hashlib import blake2b

from msgspec import Struct, field
from msgspec.structs import asdict, replace

from ordercast.events.order_event import Channel, Priority
from ordercast.notifications.channels import CHANNELS
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification


class Why(StrEnum):
    """Why messages are held back; it is also the rule of each that is."""

    PAUSED = "paused"  # by an operator
    ACCOUNT = "account"  # the provider takes nothing from this account at the moment
    BUDGET = "budget"  # it is used up
    VELOCITY = "velocity"  # more is spent in an hour than at that hour in other weeks
    BREAKER = "breaker"  # the provider of a route is down (pacing/breaker.py)
    REPUTATION = "reputation"  # too many bounces or complaints: SES is about to review the account
    UNOPENED = "unopened"  # nobody has said yet that the account is ready (pacing/opening.py)
    RESTORED = "restored"  # the ledger is older than what was sent (pacing/restoring.py)


# What expires behind one of these was not sent for its price.
FOR_MONEY = frozenset({Why.BUDGET, Why.VELOCITY})

# What a person has to mend at the provider.
OF_THE_ACCOUNT = frozenset({Why.ACCOUNT, Why.REPUTATION})

# What holds all messages of a channel, whatever they are.
OF_A_CHANNEL = OF_THE_ACCOUNT | {Why.UNOPENED}

# What the provider's next answer can end: the sweeper probes these with one message.
PROBED = frozenset({Why.ACCOUNT, Why.BREAKER})

PLACES = {
    Why.PAUSED: 30,
    Why.ACCOUNT: 5,
    Why.BREAKER: 20,
    Why.REPUTATION: 1,
    Why.BUDGET: 39,
    Why.VELOCITY: 20,
    Why.RESTORED: 4,
}
"""The most holds of each kind at a time, so that none crowds out another; nobody writes another kind.

They are read with each wave: all 119 are about 30 KB. A Region that is down closes each of its
originations.
"""

STALE_VIEW = timedelta(minutes=15)
"""How long a released hold is kept: no function runs longer (Lambda), so none that has not seen the
release still puts a message behind the hold."""


class Scope(Struct, frozen=True, kw_only=True):
    """What a hold covers: the messages for which all parts that are named hold; without any, all.

    `country` (ISO 3166-1) is that of a phone number: no e-mail has one here. `region` is the AWS
    Region of the origination; a stage sends from its own only, so it excludes nothing. `route` is the
    key of one (sending/routes.py): a hold that names one closes that route and covers no message by
    itself, since a message may have another. `period` is that of a budget, in UTC, in which a message is effective: `2026-03`, `2026-03-02` or
    `2026-03-02T09`. `before` is an instant in UTC, `20260302T091500Z`, by which a message was
    effective.
    """

    channel: Channel | None = None
    region: str | None = None
    route: str | None = None
    country: str | None = None
    campaign: str | None = None
    shop: str | None = None
    priority: Priority | None = None
    period: str | None = None
    before: str | None = None

    @property
    def parts(self) -> dict[str, str]:
        """The parts that are named."""
        return {name: str(part) for name, part in asdict(self).items() if part is not None}

    def covers(self, row: Notification) -> bool:
        """Tell whether this is one of the messages meant."""
        by_phone = CHANNELS[row.channel].contact == "phone"
        its = {
            "channel": row.channel,
            "route": None,
            "country": row.country if by_phone else None,
            "campaign": row.campaign,
            "shop": row.order.shop,
            "priority": row.priority,
            "period": self.period
            and row.effective_at.astimezone(UTC).isoformat()[: len(self.period)],
            "before": self.before and self.before * (instant(row.effective_at) <= self.before),
        }
        return all(its.get(name, part) == part for name, part in self.parts.items())


class Hold(Struct, frozen=True, kw_only=True):
    """Messages of a scope are held back: `by` whom, `since` when, and the `reason` in words.

    Behind an open breaker, `half_open_at` is since when its provider answers again, to a call that sends
    nothing; from then on one message may pass, the `probe`, by its id. `needs` are the US dollars that a hold for money waits for: the least that was refused.
    `released_at` is when it was let go. It covers nothing any more, and is kept until nothing
    waits behind it.
    """

    why: Why
    scope: Scope = field(default_factory=Scope)
    by: str
    since: datetime
    reason: str = ""
    needs: Decimal | None = None
    released_at: datetime | None = None
    half_open_at: datetime | None = None
    probe: str | None = None

    @property
    def id(self) -> str:
        """The same for all of one why and scope: `paused:channel=sms,country=SE`.

        A shell needs no quotes for it, and it is never longer than an index key may be.
        """
        parts = (
            f"{name}={part if name == _ROUTE else _plain(part)}"
            for name, part in self.scope.parts.items()
        )
        return f"{self.why}:{','.join(parts) or 'all'}"

    @property
    def is_active(self) -> bool:
        """Whether it still covers messages."""
        return self.released_at is None


Holds = tuple[Hold, ...]
"""All holds of a stage, the oldest first."""


def hold_of(
    row: Notification, holds: Iterable[Hold], *, amount: Decimal | None = None
) -> Hold | None:
    """Return the first hold that covers *row*; None if it may be sent.

    A row that names a hold and does not wait behind it is that hold's probe, and passes it. One that
    takes less than a hold for money `needs` passes that, too: there may be room for it. *amount* (US
    dollars) is what the row takes of its budgets; while nobody knows, no such hold covers it.
    """
    passes = None if row.is_held else row.held_by
    return next(
        (
            h
            for h in holds
            if h.is_active and h.id != passes and h.scope.covers(row) and _takes(h.needs, amount)
        ),
        None,
    )


def _takes(needs: Decimal | None, amount: Decimal | None) -> bool:
    return needs is None or (amount is not None and amount >= needs)


def held(row: Notification, hold: Hold, *, until: datetime) -> Notification:
    """Return *row* behind *hold* until that is let go; after *until* it may not be sent.

    It is due then: not before, or the same hold would cover it again.
    """
    due_at = until + timedelta(milliseconds=1)  # the least that the ledger tells apart
    return replace(row, state=State.DEFERRED, rule=str(hold.why), held_by=hold.id, due_at=due_at)


def with_holds(holds: Holds, new: Iterable[Hold]) -> Holds:
    """Return *holds* and those of *new* that are not among them.

    One that was let go holds again. Of one that holds for money, the least that was refused is kept.
    What does not fit is left out.
    """
    kept = {each.id: each for each in holds}
    for each in new:
        known = kept.get(each.id)
        same = sum(other.why is each.why for other in kept.values())
        if same < PLACES[each.why] if known is None else not known.is_active:
            kept[each.id] = each
        elif known and known.needs is not None and each.needs is not None:
            kept[each.id] = replace(known, needs=min(known.needs, each.needs))
    return in_order(kept.values())


def let_go(holds: Holds, ids: Collection[str], *, at: datetime) -> Holds:
    """Return *holds* with those of *ids* released."""
    return tuple(
        replace(each, released_at=at) if each.id in ids and each.is_active else each
        for each in holds
    )


def with_changes(holds: Holds, changes: Sequence[tuple[Hold, Hold]]) -> Holds:
    """Return *holds* with the second of each pair in place of the first, if that is still as it was."""
    after = dict(changes)
    return tuple(after.get(each, each) for each in holds)


def closed_routes(holds: Iterable[Hold]) -> dict[str, Hold]:
    """Return the routes that are closed, by key, each with the hold that closes it: the first of its kind."""
    closing = (each for each in holds if each.is_active and each.scope.route)
    return {str(each.scope.route): each for each in reversed([*closing])}


def without(holds: Holds, ended: Sequence[Hold]) -> Holds:
    """Return *holds* without those that are still as in *ended*."""
    return tuple(each for each in holds if each not in ended)


def in_order(holds: Iterable[Hold]) -> Holds:
    """Return *holds* in the order in which they are asked: the oldest first."""
    return tuple(sorted(holds, key=lambda each: (each.since, each.id)))


def instant(at: datetime) -> str:
    """Write *at* to the second, in UTC, as a scope's `before` has it."""
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _plain(name: str) -> str:
    """Return *name*, or if it is long or needs quotes in a shell, its beginning and a hash."""
    if re.fullmatch(_PLAIN, name):
        return name
    begins = re.sub(r"[^A-Za-z0-9]+", "-", name)[:20].strip("-")
    return f"{begins}~{blake2b(name.encode(), digest_size=4).hexdigest()}"


_ROUTE = "route"  # a key, which people do not write
_PLAIN = r"[A-Za-z0-9._-]{1,40}"
