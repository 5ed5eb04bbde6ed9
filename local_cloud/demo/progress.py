"""How far a demo is in, bars out; where nothing can be drawn anew, a plain line now and then."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from local_cloud.demo.comparison import BOOKS, CARRIER, CLOUDWATCH, TALLY, Accounts, Count
from ordercast.cli.output.progress import status_line

Show = Callable[[int, Accounts], None]

_BARS = {
    "events put": None,
    "messages at the carrier": (CARRIER, "sent"),
    "receipts in the books": (BOOKS, "ended"),
    "receipts in CloudWatch": (CLOUDWATCH, "ended"),
}
_SHORT = dict(zip(_BARS, ("put", "carrier", "books", "CloudWatch"), strict=True))


@contextmanager
def progress(console: Console, records: int) -> Iterator[Show]:
    """Show how many of so many *records* are put, and how far what they lead to has come."""
    if not console.is_interactive:
        with status_line(console) as say:
            yield lambda put, accounts: say(_line(put, records, accounts))
        return
    columns = (TextColumn("{task.description:>23}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as bars:
        tasks = {name: bars.add_task(name, total=None) for name in _BARS}

        def show(put: int, accounts: Accounts) -> None:
            for name, (done, total) in _done(put, records, accounts).items():
                bars.update(tasks[name], completed=done, total=total)

        yield show


def _done(put: int, records: int, accounts: Accounts) -> dict[str, tuple[int, int]]:
    done = {"events put": (put, records)}
    for name, (who, what) in ((n, bar) for n, bar in _BARS.items() if bar):
        done[name] = (_sum(accounts.counts[who], what), _sum(accounts.counts[TALLY], what))
    return done


def _line(put: int, records: int, accounts: Accounts) -> str:
    done = _done(put, records, accounts)
    return " · ".join(f"{_SHORT[name]} {n:,}/{total:,}" for name, (n, total) in done.items())


def _sum(count: Count, what: str) -> int:
    names = {"sent": ("sent",), "ended": ("arrived", "failed")}[what]
    return int(sum((n for f, n in count.items() if f.endswith(names)), Decimal()))
