"""Print what `ordercast verify` compared. Used by the command."""

from rich.console import Console
from rich.table import Table as Grid

from ordercast.operations.reconciliation import ReconciliationResult


def show_result(result: ReconciliationResult, console: Console) -> None:
    """Print the counts, the sums beside CloudWatch's, and each difference."""
    found, records = result.found, result.records
    kinds = ("accepted", "duplicate", "stale", "parked")
    rows = [
        ("notifications, over all states", found.notifications),
        ("different", found.different),
        ("not yet counted", len(found.not_yet_counted)),
        ("changed meanwhile", len(found.moving)),
        ("budgets' hours or days that differ", len(result.budgets)),
        ("records on the stream", records.records),
        (", ".join(kinds), sum(getattr(records, kind) for kind in kinds)),
        *((f"  {kind}", getattr(records, kind)) for kind in kinds),
        ("waiting for the relay", len(records.waiting)),
        ("lost", len(records.lost)),
        ("decided, not in the ledger", len(records.unentered)),
        *([("more of these, not listed", found.unlisted)] if found.unlisted else []),
        *([("repaired", result.repaired)] if result.repaired else []),
    ]
    table = Grid(show_header=False, box=None)
    for name, figure in rows:
        table.add_row(name, f"{figure:,}")
    console.print(table)
    sums = Grid("CloudWatch", "rollups", "CloudWatch", "off by", box=None)
    for name, (rollups, cloudwatch) in result.cloudwatch.items():
        sums.add_row(
            name, _figure(rollups), _figure(cloudwatch), _figure(cloudwatch - rollups, "+")
        )
    console.print(sums)
    if since := result.cloudwatch_off_since:
        console.print(f"CloudWatch differs from the rollups since {since} (UTC).")
    for what, why in [*found.wrong_notifications.items(), *((i, "lost") for i in records.lost)]:
        console.print(f"{what}: {why}", markup=False)
    for bucket, amounts in found.wrong_buckets.items():
        held = ", ".join(f"{name} {amount:+}" for name, amount in amounts.items())
        console.print(f"{tuple(bucket)} holds {held}", markup=False)
    for each in result.budgets:
        differs = f"has used {each.used:f} USD in {each.slot}, and was charged {each.charged:f}"
        console.print(f"budget {each.account.key} {differs}", markup=False)
    console.print("The rollups are right." if result.is_right else "The rollups are not right.")


def _figure(of: float, sign: str = "") -> str:
    """Round a sum of CloudWatch, a float, to the price list's last digit."""
    # Adding 0 turns -0.0 into 0.0.
    shown = f"{round(of, 6) + 0.0:{sign},.6f}"
    return shown.rstrip("0").rstrip(".")
