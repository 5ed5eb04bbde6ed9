"""The scenario in, every point of it with every fault out, and what each broke."""

import multiprocessing
import os
import random
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from tests.explorer.faults import Call, Point
from tests.explorer.functions import Fitting
from tests.explorer.promises import broken
from tests.explorer.scenario import END, stage
from tests.explorer.stage import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A point at which promises broke; None is the scenario as it is."""

    point: Point | None
    call: Call | None
    breaks: tuple[str, ...]

    def __str__(self) -> str:
        where = f"{self.call} {self.point.fault}" if self.point else "without any fault"
        replay = f"--point {self.point.number} --fault {self.point.fault}" if self.point else ""
        lines = [where, *(f"    {each}" for each in self.breaks)]
        return "\n".join([*lines, f"    {COMMAND} {replay}".rstrip()])


COMMAND = ".venv/bin/python -m tests.explorer"


def played(
    point: Point | None = None,
    *,
    fitting: Fitting | None = None,
    say: Callable[[str], None] | None = None,
) -> Stage:
    """Play the whole story, with at most one fault, and return the stage at rest."""
    random.seed(0)  # what the entry points spread waits with
    set_up = stage(fitting=fitting, point=point, say=say)
    set_up.play(END)
    return set_up


def calls(fitting: Fitting | None = None) -> list[Call]:
    """Return the scenario's calls as they are numbered."""
    return played(fitting=fitting).tap.calls


def points(numbered: Iterable[Call]) -> list[Point]:
    """Return every fault of every call."""
    return [Point(number=call.number, fault=kind) for call in numbered for kind in call.kinds]


def explore(which: Sequence[Point], numbered: Sequence[Call]) -> list[Finding]:
    """Visit points, each in a world of its own; return those at which a promise broke.

    They have nothing in common, so that every processor takes its share of them.
    """
    workers = os.cpu_count() or 1
    # Spawned, not forked: whoever explores may have threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as executor:
        breaks = list(executor.map(visited, which, chunksize=len(which) // (8 * workers) + 1))
    return [
        Finding(point=point, call=numbered[point.number - 1], breaks=broke)
        for point, broke in zip(which, breaks, strict=True)
        if broke
    ]


def visited(point: Point) -> tuple[str, ...]:
    """Visit one point; return what broke there."""
    return tuple(broken(played(point)))
