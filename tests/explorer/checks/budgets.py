"""Compare budgets with the ledger, before and after what crashes have left is given back. Used by the stage and the checks."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from ordercast.budgets.budget import Limits
from ordercast.notifications.notification import Notification
from ordercast.reconciliation.comparison import Findings
from ordercast.rollups.rollup import contribution, summed
from ordercast.rollups.spent import charged_by_slot
from ordercast.workflows.reconcile.compare_budgets import CompareBudgets
from tests.explorer.checks.rollups import input_of, verify_of
from tests.fakes.accounts import FakeAccounts
from tests.fakes.rollups import FakeRollups
from tests.fakes.services import LEASE


def settle(
    accounts: FakeAccounts,
    rollups: FakeRollups,
    rows: Mapping[str, Notification],
    *,
    limits: Limits,
    now: datetime,
    corrects: bool,
) -> None:
    """Take in what was counted, compare every hour as the verifier does, and correct what differs."""
    verify = verify_of(rollups, rows, now)

    def differ(hours: Iterable[str]) -> Findings:
        return verify(list(hours), rows)

    compare = CompareBudgets(
        rollups=rollups,
        accounts=accounts,
        limits=lambda: limits,
        rollups_differ=differ,
        pause=lambda _: None,
        wait=LEASE,
    )
    hours = {at.hour for at, _ in rollups.kept}
    found = compare(sorted(hours | {f"{hour[:10]}T23" for hour in hours}))
    if corrects:
        compare.correct(found)


def overdrawn(
    accounts: FakeAccounts, rows: Iterable[Notification], limits: Limits
) -> Iterator[str]:
    """P7: nothing was drawn beyond a limit; in the end an account has used what its messages cost."""
    truth = summed(contribution(input_of(row)) for row in rows)
    # Those of velocity limits as well, which last an hour and are compared with nothing.
    lowest = {key: each for key, each in accounts.lowest.items() if each < 0}
    yield from (f"P7: {key} was overdrawn by {-each} USD" for key, each in lowest.items())
    for budget in limits.budgets:
        for key, account in accounts.kept.items():
            name, _, period = key.rpartition("#")
            if name != budget.id:
                continue
            charged = charged_by_slot(truth, budget, period)
            for slot, used in account.used.items():
                if used != charged.get(slot, Decimal()):
                    yield f"P7: {key} has used {used} USD in {slot}, and cost {charged.get(slot, 0)}"
            if account.left != account.limit - sum(account.used.values(), Decimal()):
                yield f"P7: {key} has {account.left} USD left of {account.limit}"
