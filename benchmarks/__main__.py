"""`make bench`: measure the figures of the README and docs/performance.md, and print them."""

from datetime import UTC, datetime

from rich.console import Console

from benchmarks import findings
from benchmarks.figures.goals import goals, of_money, of_the_release, of_the_rollups
from benchmarks.figures.money import VOLUMES, Cost, batch_of, cost
from benchmarks.figures.report import show, show_costs, show_release
from benchmarks.life import Life
from benchmarks.release import cpu_a_message, release
from benchmarks.rollups import NOTIFICATIONS, rollups, units_of_batches

ORDERS = 100
WIDTH = 400  # wide enough for every cell of a Markdown table


def main() -> None:
    """Count, time, and print each goal with its result."""
    counted = findings.count(orders=ORDERS)
    timed = findings.time(orders=ORDERS)
    kept = rollups()
    released = release(cpu=cpu_a_message())
    costs = [cost_of(volume, counted.delivered) for volume in VOLUMES]
    reached = [
        *goals(counted, timed),
        *of_the_rollups(kept),
        *of_money(costs),
        *of_the_release(released),
    ]
    today = datetime.now(UTC).date()
    console = Console(width=WIDTH)
    show(console, reached, counted, timed, today=today)
    show_costs(console, costs)
    show_release(console, released)


def cost_of(volume: int, life: Life) -> Cost:
    """Return the cost of a thousand texts at a volume, from the write units of one text."""
    units = units_of_batches(min(batch_of(volume), NOTIFICATIONS))
    return cost(volume, on_the_ledger=life.total, in_the_rollups=units)


if __name__ == "__main__":
    main()
