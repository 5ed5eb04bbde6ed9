"""`make bench`: measure the figures of the README and docs/performance.md, and print them."""

from datetime import UTC, datetime

from rich.console import Console

from benchmarks import findings
from benchmarks.figures.goals import goals, of_money, of_the_release, of_the_rollups
from benchmarks.figures.report import show, show_costs, show_release
from benchmarks.release import cpu_a_message, release
from benchmarks.rollups import rollups
from ordercast.operations.forecast.month import VOLUMES, month
from ordercast.settings.stage_files import stage_settings

ORDERS = 100
WIDTH = 400  # wide enough for every cell of a Markdown table


def main() -> None:
    """Count, time, and print each goal with its result."""
    counted = findings.count(orders=ORDERS)
    timed = findings.time(orders=ORDERS)
    kept = rollups()
    released = release(cpu=cpu_a_message())
    prod = stage_settings("prod")
    months = [month(prod, a_day=volume) for volume in VOLUMES]
    reached = [
        *goals(counted, timed),
        *of_the_rollups(kept),
        *of_money(prod, months),
        *of_the_release(released),
    ]
    today = datetime.now(UTC).date()
    console = Console(width=WIDTH)
    show(console, reached, counted, timed, today=today)
    show_costs(console, prod, months)
    show_release(console, released)


if __name__ == "__main__":
    main()
