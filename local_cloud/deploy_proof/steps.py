"""Run the steps of a proof one after the other, and show what each took and how it ended. Used by `run` and `drill_restore`."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.markup import escape
from rich.table import Table


class Broken(Exception):
    """Something that was to hold does not. The message says what, in one line."""


def hold(holds: object, why: str) -> None:
    """Raise `Broken` unless it *holds*."""
    if not holds:
        raise Broken(why)


@dataclass(slots=True, kw_only=True)
class ProofStep:
    """A step that began; *verdict* is empty while it runs."""

    name: str
    seconds: float = 0.0
    verdict: str = ""
    notes: list[str] = field(default_factory=list)


class ProofSteps:
    """Shows each step when it begins and when it has ended, and all of them in a table."""

    def __init__(self, console: Console, *, expected: int, title: str) -> None:
        self._console = console
        self._title = title
        self._expected = expected  # steps, when none breaks
        self._done: list[ProofStep] = []

    @property
    def passed(self) -> bool:
        """Whether every step was reached and held."""
        return [each.verdict for each in self._done] == ["holds"] * self._expected

    @contextmanager
    def step(self, name: str) -> Iterator[ProofStep]:
        """Run a block as a step; what it raises is its verdict, and goes on."""
        found, began = ProofStep(name=name), time.monotonic()
        self._done.append(found)
        if not self._console.is_terminal:
            self._console.print(f"… {name}", markup=False)
        try:
            with self._console.status(escape(name)):
                yield found
            found.verdict = "holds"
        except BaseException as error:
            found.verdict = (
                f"BROKEN: {error!s:.300}" if str(error) else f"BROKEN: {type(error).__name__}"
            )
            raise
        finally:
            found.seconds = time.monotonic() - began
            mark = "✓" if found.verdict == "holds" else "✗"
            self._console.print(f"{mark} {name} ({found.seconds:.0f} s)", markup=False)
            self._console.file.flush()

    def tell(self) -> None:
        """Print the table of steps."""
        table = Table("step", "seconds", "verdict", title=self._title)
        table.columns[1].justify = "right"
        for each in self._done:
            notes = "; ".join([each.verdict, *each.notes])
            colour = "green" if each.verdict == "holds" else "red"
            table.add_row(each.name, f"{each.seconds:.1f}", f"[{colour}]{escape(notes)}[/]")
        if missing := self._expected - len(self._done):
            table.add_row(f"{missing} more steps", "", "[red]not reached[/]")
        self._console.print(table)


def wait_until(holds: Callable[[], object], *, within: float, why: str, every: float = 0.5) -> None:
    """Call *holds* until it is true; raises `Broken` with *why* after *within* seconds."""
    deadline = time.monotonic() + within
    while not holds():
        hold(time.monotonic() < deadline, f"not within {within:.0f} s: {why}")
        time.sleep(every)
