"""Play the scenario with every fault at every point, and with a sample of pairs. Used by the tests and `make explore`."""

import multiprocessing
import os
import random
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any, TypeVar

from tests.explorer.checks.promises import broken
from tests.explorer.deployed.fitting import Fitting
from tests.explorer.deployed.stage import Stage
from tests.explorer.faults.branching import Judge, branched
from tests.explorer.faults.points import Call, Point
from tests.explorer.scenario import END, stage

Pair = tuple[Point, int]
"""A point, and the number that a second one is drawn by."""

_In = TypeVar("_In")
_Out = TypeVar("_Out")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A point at which promises broke, or two: `then` is a call of what followed the first."""

    point: Point
    call: Call
    breaks: tuple[str, ...]
    then: Point | None = None

    def __str__(self) -> str:
        where = f"{self.call} {self.point.fault}"
        replay = f"--point {self.point.number} --fault {self.point.fault}"
        if self.then:
            where += f", then #{self.then.number} {self.then.fault}"
            replay += f" --then-point {self.then.number} --then-fault {self.then.fault}"
        lines = [where, *(f"    {each}" for each in self.breaks)]
        return "\n".join([*lines, f"    {COMMAND} {replay}"])


COMMAND = ".venv/bin/python -m tests.explorer"


SOON = 12
"""So many calls after a fault are its aftermath, in which a second one is likelier to matter."""


def played(
    point: Point | None = None,
    then: Point | None = None,
    *,
    fitting: Fitting | None = None,
    say: Callable[[str], None] | None = None,
) -> Stage:
    """Play the whole story, with two faults at most, and return the stage at rest."""
    random.seed(0)  # what the entry points spread waits with
    met = tuple(each for each in (point, then) if each is not None)
    set_up = stage(fitting=fitting, points=met, say=say)
    set_up.play(END)
    return set_up


def calls(fitting: Fitting | None = None) -> list[Call]:
    """Return the scenario's calls as they are numbered."""
    return played(fitting=fitting).fault_proxy.calls


def points(numbered: Iterable[Call]) -> list[Point]:
    """Return every fault of every call."""
    return [Point(number=call.number, fault=kind) for call in numbered for kind in call.kinds]


def sample(which: Sequence[Point], numbered: Sequence[Call], count: int) -> list[Point]:
    """Return *count* points, the same each time, in order; `make test` visits these.

    Among them is every fault that each method meets in each function, and a fault of every call that
    differs from others by function, method or number of items.
    """
    chance = random.Random(count)  # noqa: S311 - a sample, no secret
    shuffled = chance.sample(which, k=len(which))
    chosen: dict[Point, None] = {}
    visited_calls: set[int] = set()
    for stratum in (
        *_by(shuffled, lambda each: _met(each, numbered)),
        *_by(shuffled, lambda each: numbered[each.number - 1].kind),
    ):
        if not any(point in chosen for point in stratum):
            new = next((each for each in stratum if each.number not in visited_calls), stratum[0])
            chosen[new] = None
            visited_calls.add(new.number)
    filled = chosen | dict.fromkeys(shuffled)
    return sorted(list(filled)[:count], key=_number)


def _by(which: Sequence[Point], key: Callable[[Point], object]) -> list[list[Point]]:
    """Group points, the smallest group first."""
    groups: dict[object, list[Point]] = {}
    for point in which:
        groups.setdefault(key(point), []).append(point)
    return sorted(groups.values(), key=len)


def _met(point: Point, numbered: Sequence[Call]) -> object:
    call = numbered[point.number - 1]
    return call.function, call.port, call.method, point.fault


def _number(point: Point) -> int:
    return point.number


def explore(which: Sequence[Point], numbered: Sequence[Call]) -> list[Finding]:
    """Visit points, each in a world of its own; return those at which a promise broke."""
    return [
        Finding(point=point, call=numbered[point.number - 1], breaks=tuple(broke))
        for point, broke in zip(which, judged(which, broken), strict=True)
        if broke
    ]


def judged(which: Sequence[Point], judge: Judge) -> list[Any]:
    """Visit points likewise; return the judgement of each."""
    return list(chain(*_shared_out(partial(visited, judge=judge), _shares(which))))


def explore_pairs(which: Sequence[Pair], numbered: Sequence[Call]) -> list[Finding]:
    """Visit pairs of points likewise."""
    return [
        Finding(point=point, call=numbered[point.number - 1], then=then, breaks=broke)
        for (point, _), (then, broke) in zip(which, _shared_out(visited_twice, which), strict=True)
        if broke
    ]


def pairs(which: Sequence[Point], count: int) -> list[Pair]:
    """Return a sample of points, the same each time, each with what its second one is drawn by."""
    chance = random.Random(count)  # noqa: S311 - a sample, no secret
    return [(point, chance.getrandbits(32)) for point in chance.choices(which, k=count)]


def visited(which: Sequence[Point], *, judge: Judge) -> list[Any]:
    """Visit points, each a branch of one story; return the judgement of each."""
    random.seed(0)  # as each story that is played
    return branched(stage(), which, judge)


def visited_twice(pair: Pair) -> tuple[Point | None, tuple[str, ...]]:
    """Visit one point, and a second one among the calls that follow; return that and what broke.

    After a fault the calls are others: only who has seen them can name the second.
    """
    point, drawn_by = pair
    after = [call for call in played(point).fault_proxy.calls if call.number > point.number]
    if not after:
        return None, ()
    chance = random.Random(drawn_by)  # noqa: S311 - as above
    call = chance.choice(after[:SOON] if chance.random() < _IN_ITS_AFTERMATH else after)
    then = Point(number=call.number, fault=chance.choice(call.kinds))
    return then, tuple(broken(played(point, then)))


_IN_ITS_AFTERMATH = 0.5


def _shares(which: Sequence[_In]) -> list[Sequence[_In]]:
    """Divide what is near each other, since each share plays the story up to it."""
    size = len(which) // (8 * _workers()) + 1
    return [which[start : start + size] for start in range(0, len(which), size)]


def _shared_out(visit: Callable[[_In], _Out], which: Sequence[_In]) -> list[_Out]:
    """Let every processor take its share: the visits have nothing in common."""
    # Spawned, not forked: whoever explores may have threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(_workers(), mp_context=context) as executor:
        return list(executor.map(visit, which))


def _workers() -> int:
    return os.cpu_count() or 1
