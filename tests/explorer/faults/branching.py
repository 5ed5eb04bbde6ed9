"""Play a story once, and branch off at each point in a process of its own. Used by `exploring`.

Until its point a story is the same as without: so it is played once, and each point branches off
from it where it meets its call.
"""

import os
import pickle
import random
import traceback
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from tests.explorer.deployed.stage import Stage
from tests.explorer.faults.points import Point
from tests.explorer.scenario import END

Judge = Callable[[Stage], Any]
"""What is to be known of a story that has ended; it is sent from one process to another."""


class Unplayed(Exception):
    """The explorer itself failed in a branch; the message is its traceback."""


def branched(set_up: Stage, points: Sequence[Point], judge: Judge) -> list[Any]:
    """Return the judgement of each point; its process must have one thread, since it forks."""
    branches = _Branches(set_up, points)
    set_up.fault_proxy.branch = branches
    try:
        set_up.play(END)
        if branches.answer is not None:
            _end(branches.answer, (None, judge(set_up)))
    except BaseException:
        if branches.answer is None:
            raise
        _end(branches.answer, (traceback.format_exc(), None))
    if branches.failed:
        raise Unplayed(branches.failed[0])
    return [branches.judged[each] for each in points]


class _Branches:
    """Called with the number of each call before it is made; in a branch `answer` is a pipe's end."""

    def __init__(self, set_up: Stage, points: Sequence[Point]) -> None:
        self.answer: int | None = None
        self.judged: dict[Point, Any] = {}
        self.failed: list[str] = []
        self._fault_proxy = set_up.fault_proxy
        self._waiting: dict[int, list[Point]] = defaultdict(list)
        for point in points:
            self._waiting[point.number].append(point)

    def __call__(self, number: int) -> None:
        for point in self._waiting.pop(number, ()):
            reader, writer = os.pipe()
            drawn = random.getstate()
            child = os.fork()
            if not child:
                os.close(reader)
                # A fork seeds anew, but what follows is to be as it is when it is replayed.
                random.setstate(drawn)
                self._fault_proxy.points, self.answer = (point,), writer
                self._waiting.clear()
                return
            os.close(writer)
            with os.fdopen(reader, "rb") as pipe:
                failed, self.judged[point] = pickle.load(pipe)  # noqa: S301 - of our own making
            os.waitpid(child, 0)
            # Raised at the end: what is raised in a call is the story's.
            self.failed += [failed] if failed else []


def _end(writer: int, judgement: tuple[str | None, Any]) -> None:
    """Tell what was judged, and end this process without a word to anything it shares with another."""
    with os.fdopen(writer, "wb") as pipe:
        pickle.dump(judgement, pipe)
    os._exit(0)
