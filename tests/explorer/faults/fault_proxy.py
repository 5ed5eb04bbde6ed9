"""Number and trace every call of a port, and inject faults into a few. Used by the explorer's stage."""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from tests.explorer.faults.points import MANNERS, Call, Crash, Fault, Point
from tests.fakes.clock import HandTurnedClock
from tests.fakes.services import LEASE


@dataclass(slots=True)
class FaultProxy:
    """Numbers calls from 1 on, the same each time, and lets those at *points* meet their faults.

    `branch` hears of each number first, and may name points. `again` delivers the current batch a second time, and `function` is whose batch that is;
    `meanwhile` lets all others go on, and `later` has something happen after a while. Who was ended (`dead`) calls nobody any more, whatever its
    code still wants to tidy up.
    """

    clock: HandTurnedClock
    points: tuple[Point, ...] = ()
    branch: Callable[[int], object] = lambda _: None
    say: Callable[[str], None] | None = None
    tell: Callable[[Any], str] = repr
    calls: list[Call] = field(default_factory=list)
    function: str = ""
    again: Callable[[], object] = lambda: None
    meanwhile: Callable[[], object] = lambda: None
    later: Callable[[timedelta, Callable[[], None]], object] = lambda _, __: None
    dead: bool = False

    def watched(self, port: str, inner: Any) -> Any:
        """Return *inner* with its calls going through here."""
        return _Watched(self, port, inner)

    def call(self, port: str, method: str, do: Any, *args: Any, **named: Any) -> Any:
        """Make one call, unless it is about nothing: no service is asked for that."""
        if self.dead:
            raise Crash
        size = _size(args)
        if size == 0:
            return do(*args, **named)
        do = partial(_read_through, do)
        manner = MANNERS[port, method]
        call = Call(
            number=len(self.calls) + 1,
            function=self.function,
            port=port,
            method=method,
            size=size,
            kinds=manner.kinds(size),
        )
        self.calls.append(call)
        self.branch(call.number)
        fault = next((p.fault for p in self.points if p.number == call.number), None)
        self._say(call, args, fault)
        meet = partial(self._meet, call, fault) if fault else None
        try:
            answer = meet(partial(do, **named), args) if meet else do(*args, **named)
        except (Crash, Exception) as error:
            self.dead = isinstance(error, Crash)
            self._say_end(call, f"raised {type(error).__name__}: {error}")
            raise
        self._say_end(call, answer)
        return answer

    def _meet(self, call: Call, fault: Fault, do: partial[Any], args: tuple[Any, ...]) -> Any:
        match fault:
            case Fault.CRASH_BEFORE:
                raise Crash
            case Fault.CRASH_AFTER:
                do(*args)
                raise Crash
            case Fault.OVERTAKEN:
                self.again()
                return do(*args)
            case Fault.CLOCK_AHEAD:
                self.again()
                times = {n: at for n, at in do.keywords.items() if isinstance(at, datetime)}
                return do(*args, **{n: at + _LONGER_THAN_A_LEASE for n, at in times.items()})
            case Fault.MEANWHILE:
                self.meanwhile()
                return do(*args)
            case Fault.TAKEN_LATE:
                self.later(_TAKEN_LATE, partial(_by_itself, do, args))
        return MANNERS[call.port, call.method].meet(fault, do, args, self.clock)

    def _say(self, call: Call, args: Iterable[Any], fault: Fault | None) -> None:
        if self.say is not None:
            what = ", ".join(map(self.tell, args))
            trouble = f"   <<< {fault}" if fault else ""
            self.say(f"{self.clock():%d %H:%M:%S}  {call}  {what}{trouble}")

    def _say_end(self, call: Call, answer: Any) -> None:
        if self.say is not None and answer is not None:
            self.say(f"{'':13}=> #{call.number} {self.tell(answer)}")


# After the time-out another 15 s, as was seen of a provider.
_TAKEN_LATE = timedelta(seconds=25)

_LONGER_THAN_A_LEASE = LEASE + timedelta(seconds=1)


class _Watched:
    def __init__(self, fault_proxy: FaultProxy, port: str, inner: Any) -> None:
        self._fault_proxy, self._port, self._inner = fault_proxy, port, inner

    def __getattr__(self, method: str) -> Any:
        return partial(self._fault_proxy.call, self._port, method, getattr(self._inner, method))


def _by_itself(do: Callable[..., object], args: tuple[Any, ...]) -> None:
    """Do what nobody waits for: its answer and its trouble are seen by nobody."""
    with suppress(Crash, Exception):
        do(*args)


def _read_through(do: Callable[..., Any], *args: Any, **named: Any) -> Any:
    """Make a call to its end: pages are read here, where they are traced, and meet faults."""
    answer = do(*args, **named)
    return list(answer) if isinstance(answer, Iterator) else answer


def _size(args: tuple[Any, ...]) -> int:
    """Return how many things a call is about; one where it takes no batch."""
    batches = [a for a in args if isinstance(a, Collection) and not isinstance(a, str)]
    if not batches:
        return 1 if not args else _asked(args[0])
    return sum(len(each) for each in batches)


def _asked(argument: Any) -> int:
    """Count what a look-up asks for."""
    names = ("decisions", "latest_statuses", "people", "notifications")
    if not all(hasattr(argument, name) for name in names):
        return 1
    return sum(len(getattr(argument, name)) for name in names) + argument.holds + argument.budgets
