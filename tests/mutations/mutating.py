"""Read aggregates of each class of damage and count what was read and what was wrong. Used by the mutation tests."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count as numbers_from

from ordercast.events.envelope import open_envelope
from tests.mutations.judging import Open, judge, overheard, watched

ROUND = 1000
"""Of each class, before anything printed is looked for."""


@dataclass(slots=True)
class Tally:
    """How many of each class were read, and a line for each that was read wrongly."""

    counts: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)


def mutate(
    names: Sequence[str],
    *,
    start: int = 0,
    count: int | None = None,
    enough: Callable[[], bool] = lambda: False,
    opening: Open = open_envelope,
) -> Tally:
    """Read damaged aggregates, the classes in turn, until there are *count* or it is *enough*."""
    tally = Tally()
    with watched() as alive:
        for first in numbers_from(start, ROUND):
            with overheard() as printed:
                done = _round(
                    names, first, tally, alive, count=count, enough=enough, opening=opening
                )
                if printed():
                    tally.findings.append(f"--start {first}: something is printed")
            if done:
                return tally
    raise AssertionError


def _round(
    names: Sequence[str],
    first: int,
    tally: Tally,
    alive: Callable[[], None],
    *,
    count: int | None,
    enough: Callable[[], bool],
    opening: Open,
) -> bool:
    for number in range(first, first + ROUND):
        for name in names:
            if count == tally.counts.total() or (number % 50 == 0 and enough()):
                return True
            alive()
            finding = judge(name, number, opening=opening)
            tally.counts[name] += 1
            if finding:
                tally.findings.append(f"--only '{name}' --start {number}: {finding}")
    return False
