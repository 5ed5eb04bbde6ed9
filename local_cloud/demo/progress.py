"""Show how far a demo is: bars on a terminal, else a plain line now and then. Used by the demo."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from local_cloud.demo.comparison import (
    CLOUDWATCH,
    EXPECTED,
    ROLLUPS,
    SIMULATOR,
    Comparison,
    DemoCount,
)
from ordercast.cli.output.progress import status_line

Show = Callable[[int, Comparison], None]

_COUNTED = {
    "messages sent": (SIMULATOR, ("sent",)),
    "receipts in the rollups": (ROLLUPS, ("arrived", "failed")),
    "receipts in CloudWatch": (CLOUDWATCH, ("arrived", "failed")),
}
_BARS = dict(zip(("events put", *_COUNTED), ("put", "sent", "rollups", "CloudWatch"), strict=True))
"""The bars, and their names in a plain line."""


@contextmanager
def progress(console: Console, records: int) -> Iterator[Show]:
    """Show how many of the *records* are put, and how far their messages and receipts are."""
    if not console.is_interactive:
        with status_line(console) as say:
            yield lambda put, comparison: say(_line(put, records, comparison))
        return
    columns = (TextColumn("{task.description:>23}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as bars:
        tasks = {name: bars.add_task(name, total=None) for name in _BARS}

        def show(put: int, comparison: Comparison) -> None:
            for name, (done, total) in _done(put, records, comparison).items():
                bars.update(tasks[name], completed=done, total=total)

        yield show


def _done(put: int, records: int, comparison: Comparison) -> dict[str, tuple[int, int]]:
    counts = comparison.counts
    return {"events put": (put, records)} | {
        name: (_sum(counts[who], what), _sum(counts[EXPECTED], what))
        for name, (who, what) in _COUNTED.items()
    }


def _line(put: int, records: int, comparison: Comparison) -> str:
    done = _done(put, records, comparison)
    return " · ".join(f"{_BARS[name]} {n:,}/{total:,}" for name, (n, total) in done.items())


def _sum(count: DemoCount, what: tuple[str, ...]) -> int:
    return int(sum((n for figure, n in count.items() if figure.endswith(what)), Decimal()))
