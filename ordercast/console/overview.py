"""Read what happens on a stage at this moment: flow, what waits, holds, budgets and rates. Used by the page *Now*."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from ordercast.budgets.account import Account
from ordercast.budgets.budget import Budget
from ordercast.cli.list_routes import states_of
from ordercast.console.stage import ConsoleStage
from ordercast.decisions.lookup import LookupKeys
from ordercast.errors import PipelineError
from ordercast.events.order_event import Channel
from ordercast.notifications.channels import CHANNELS
from ordercast.notifications.lifecycle import State
from ordercast.operations.alarms import StageAlarm
from ordercast.operations.queue_depths import QueueDepth
from ordercast.operations.report.plot import AmountsByKey
from ordercast.operations.route_states import RouteState
from ordercast.pacing.holds import Hold
from ordercast.rollups.rollup import hour_of
from ordercast.rollups.statistics import Figures, by
from ordercast.workflows.read_rollups import hours, rollups_between

LOOKED_AT = timedelta(hours=24)
"""The hours of acceptance that the first page counts."""

FRESH = timedelta(hours=2)
"""Those of them that are read with each look; the older ones change little."""

WAITS: Mapping[State, str] = {
    State.REQUESTED: "wait for a sender",
    State.SENDING: "are being sent",
    State.DEFERRED: "are deferred or held",
    State.IN_DOUBT: "are in doubt",
    State.PARKED: "are parked",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What was counted of a channel: notifications, messages that a provider took, final receipts, and those that say it did not arrive."""

    notifications: int = 0
    sent: int = 0
    receipts: int = 0
    undelivered: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """The same a second; None while there is only one look."""

    notifications: float | None = None
    sent: float | None = None
    receipts: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetUse:
    """A budget and its account in this period; None of which nobody has drawn yet."""

    budget: Budget
    account: Account | None

    @property
    def used(self) -> Decimal:
        """US dollars that are spent or reserved."""
        return self.account.limit - self.account.left if self.account else Decimal()

    @property
    def percent(self) -> int:
        """How much of the limit that is, up to 100."""
        return min(100, int(self.used * 100 / self.budget.limit)) if self.budget.limit else 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What the first page shows; what could not be read is named in `unread`.

    `alarms` are those that ring. `flow` is what was counted in the fresh hours, from which the rates come; `counted` in all of them.
    """

    at: datetime
    flow: Mapping[str, Counted] = field(default_factory=dict)
    counted: Mapping[str, Counted] = field(default_factory=dict)
    rates: Mapping[str, Rate] = field(default_factory=dict)
    waits: Mapping[State, Mapping[str, int]] = field(default_factory=dict)
    queues: Mapping[str, QueueDepth] = field(default_factory=dict)
    holds: tuple[tuple[Hold, int], ...] = ()
    budgets: tuple[BudgetUse, ...] = ()
    routes: tuple[RouteState, ...] = ()
    alarms: tuple[StageAlarm, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def undelivered(self) -> int:
        """Those that failed or bounced."""
        return sum(each.undelivered for each in self.counted.values())

    @property
    def final(self) -> int:
        """Those of which a receipt says whether they arrived."""
        return sum(each.receipts for each in self.counted.values())

    @property
    def is_quiet(self) -> bool:
        """Whether nothing was counted in these hours."""
        return not any(each.notifications for each in self.counted.values())


def older_hours(stage: ConsoleStage, now: datetime) -> AmountsByKey:
    """Return the rollups of the hours that are not fresh."""
    return rollups_between(stage.where.rollups(), now - LOOKED_AT, now - FRESH)


def overview(stage: ConsoleStage, now: datetime, older: AmountsByKey) -> Overview:
    """Look once. Raises `LedgerUnavailable`; queues that cannot be read hide nothing else."""
    where = stage.where
    # What is deferred counts in the hour in which it is due.
    fresh = where.rollups().of_hours(hours(now - FRESH, now + timedelta(hours=12)))
    figures = _by_channel({**older, **fresh})
    record = where.ledger().look_up(LookupKeys(holds=True, budgets=True))
    holds = [each for each in record.holds if each.is_active]
    waiting = where.ledger().waiting([each.id for each in holds])
    keys = {each.account(hour_of(now)): each for each in record.limits.budgets}
    accounts = where.accounts().read(sorted(keys)) if keys else {}
    seen = Overview(
        at=now,
        flow={channel: _counted(each) for channel, each in _by_channel(fresh).items()},
        counted={channel: _counted(each) for channel, each in figures.items()},
        rates=dict.fromkeys(figures, Rate()),
        waits={state: _in_state(state, figures) for state in WAITS},
        holds=tuple((each, waiting[each.id]) for each in holds),
        budgets=tuple(
            BudgetUse(budget=each, account=accounts.get(key)) for key, each in keys.items()
        ),
        routes=tuple(states_of(where, record.holds, now=now)),
    )
    try:
        return replace(seen, queues=stage.queues())
    except PipelineError:
        return replace(seen, unread=("the queues",))


def rates(seen: Overview, before: Mapping[str, Counted], *, took: timedelta) -> Overview:
    """Return *seen* with what was counted a second since *before*; a count that fell is none."""
    seconds = took.total_seconds()

    def rate(now: int, then: int) -> float:
        return max(0, now - then) / seconds

    return replace(
        seen,
        rates={
            channel: Rate(
                notifications=rate(each.notifications, before[channel].notifications),
                sent=rate(each.sent, before[channel].sent),
                receipts=rate(each.receipts, before[channel].receipts),
            )
            for channel, each in seen.flow.items()
        },
    )


def _by_channel(buckets: AmountsByKey) -> dict[str, Figures]:
    found = by(buckets, ["channel"])
    return {channel: found.get((channel,), Figures(amounts={})) for channel in map(str, Channel)}


def _counted(figures: Figures) -> Counted:
    return Counted(
        notifications=figures.notifications,
        sent=figures.sent,
        receipts=figures.delivered + figures.undelivered,
        undelivered=figures.undelivered,
    )


def _in_state(state: State, figures: Mapping[str, Figures]) -> dict[str, int]:
    found = {CHANNELS[Channel(c)].label: each.states.get(state, 0) for c, each in figures.items()}
    return {label: number for label, number in found.items() if number}
