"""Show the progress of steps: live lines on a terminal, else plain ones. Used by `up`, `demo` and `put`.

A plain line is printed when a step starts, when it has finished, and now and then for a long one.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Literal

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

Steps = Callable[[str, Literal["started", "finished"]], None]
"""Called with the name of a step when it starts and when it has finished; steps may overlap."""

NOW_AND_THEN = 10.0
"""Seconds between two plain lines about the same step."""


def steps(console: Console) -> AbstractContextManager[Steps]:
    """Show steps while a block runs."""
    return _live_steps(console) if console.is_interactive else _plain_steps(console)


@contextmanager
def status_line(console: Console) -> Iterator[Callable[[str], None]]:
    """Show one line of status while a block runs."""
    if console.is_interactive:
        with console.status("") as status:
            yield status.update
        return
    printed, at = "", -NOW_AND_THEN

    def show(text: str) -> None:
        """Print the first text at once, and later ones at intervals."""
        nonlocal printed, at
        now = time.monotonic()
        if text != printed and now - at >= NOW_AND_THEN / 2:
            _plain(console, text)
            printed, at = text, now

    yield show


@contextmanager
def _live_steps(console: Console) -> Iterator[Steps]:
    tasks: dict[str, TaskID] = {}
    columns = (SpinnerColumn(finished_text="[green]✓[/green]"), TextColumn("{task.description}"))
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:

        def show(step: str, state: Literal["started", "finished"]) -> None:
            if state == "started":
                tasks[step] = progress.add_task(step, total=1)
            elif step in tasks:
                progress.update(tasks[step], completed=1)

        yield show


@contextmanager
def _plain_steps(console: Console) -> Iterator[Steps]:
    began: dict[str, float] = {}
    over = threading.Event()

    def show(step: str, state: Literal["started", "finished"]) -> None:
        if state == "started":
            began[step] = time.monotonic()
            _plain(console, f"… {step}")
        elif step in began:
            _plain(console, f"✓ {step} ({time.monotonic() - began.pop(step):.0f} s)")

    def remind() -> None:
        while not over.wait(NOW_AND_THEN):
            for step, at in list(began.items()):
                if (took := time.monotonic() - at) >= NOW_AND_THEN / 2:
                    _plain(console, f"… {step}: {took:.0f} s so far")

    threading.Thread(target=remind, daemon=True).start()
    try:
        yield show
    finally:
        over.set()


def _plain(console: Console, text: str) -> None:
    console.print(text, markup=False, soft_wrap=True)
    console.file.flush()
