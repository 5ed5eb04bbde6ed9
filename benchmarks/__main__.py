"""`make bench`: measure what the README and docs/performance.md say, and print it."""

from datetime import UTC, datetime

from rich.console import Console

from benchmarks import findings
from benchmarks.goals import goals
from benchmarks.report import show

ORDERS = 100
WIDTH = 400  # so that no cell of a Markdown table is broken


def main() -> None:
    """Count, time, and print the goals with what became of them."""
    counted = findings.count(orders=ORDERS)
    timed = findings.time(orders=ORDERS)
    today = datetime.now(UTC).date()
    show(Console(width=WIDTH), goals(counted, timed), counted, timed, today=today)


if __name__ == "__main__":
    main()
