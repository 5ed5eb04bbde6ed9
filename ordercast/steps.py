"""The local cloud's steps in, a live line for each out: what is being done, and how long it took."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn


class Steps:
    """Shows steps as they start and finish; several may be under way at once."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, step: str, state: Literal["started", "finished"]) -> None:
        """Take a step's word for where it is."""
        if state == "started":
            self._tasks[step] = self._progress.add_task(step, total=1)
        elif step in self._tasks:
            self._progress.update(self._tasks[step], completed=1)


@contextmanager
def steps(console: Console) -> Iterator[Steps]:
    """Show steps for the length of a block."""
    columns = (SpinnerColumn(finished_text="[green]✓[/green]"), TextColumn("{task.description}"))
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        yield Steps(progress)
