"""Keep the faults that are set, and say which meet a call. Used by `server`, `control` and `regional_endpoints`."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from local_cloud.provider_simulator.faults.fault import (
    SLOWEST,
    FaultKind,
    ProviderFault,
    ProviderName,
)

FaultKey = tuple[ProviderName, str, FaultKind]


@dataclass(frozen=True, slots=True, kw_only=True)
class MetFaults:
    """What meets one call: faults, and how many seconds its answer takes longer."""

    kinds: frozenset[FaultKind] = frozenset()
    seconds: float = 0.0


@dataclass(slots=True, kw_only=True)
class ActiveFaults:
    """The faults by provider, Region and kind; safe to share by threads.

    A share is met evenly and not by chance: of four calls with 0.5, the second and the fourth.
    """

    now: Callable[[], datetime]
    met: Counter[FaultKey] = field(default_factory=Counter, init=False)
    _faults: dict[FaultKey, ProviderFault] = field(default_factory=dict, init=False)
    _shares: dict[FaultKey, float] = field(default_factory=dict, init=False)
    _changed: threading.Condition = field(default_factory=threading.Condition, init=False)

    def set(self, faults: Iterable[ProviderFault]) -> None:
        """Set faults; each replaces the one of its kind."""
        with self._changed:
            for each in faults:
                key = (each.provider, each.region, each.kind)
                self._faults[key] = each
                self._shares[key] = 0.0
            self._changed.notify_all()

    def clear(self, endpoints: Iterable[tuple[ProviderName, str]]) -> None:
        """Lift every fault of these providers and Regions."""
        with self._changed:
            lifted = set(endpoints)
            self._faults = {k: each for k, each in self._faults.items() if k[:2] not in lifted}
            self._changed.notify_all()

    def all(self) -> list[ProviderFault]:
        """Return the faults that are set now."""
        with self._changed:
            now = self.now()
            return [each for each in self._faults.values() if not each.until or now < each.until]

    def is_set(self, provider: ProviderName, region: str, kind: FaultKind) -> bool:
        """Whether that fault is set now."""
        return any((f.provider, f.region, f.kind) == (provider, region, kind) for f in self.all())

    def meet(self, provider: ProviderName, region: str) -> MetFaults:
        """Return what meets the next call to that provider in that Region, and count it."""
        seconds, kinds = 0.0, set[FaultKind]()
        for each in self.all():
            if (each.provider, each.region) != (provider, region):
                continue
            if each.kind is FaultKind.SLOW:
                seconds = each.value
            elif each.kind is FaultKind.DOWN or not self._falls_due(each):
                continue  # whose connection was refused never comes here
            kinds.add(each.kind)
        self._count(provider, region, kinds)
        return MetFaults(kinds=frozenset(kinds), seconds=seconds)

    def hang(self, provider: ProviderName, region: str) -> None:
        """Return when no call to that provider hangs any more, and in any case after a minute."""
        deadline = self.now().timestamp() + SLOWEST
        while self.is_set(provider, region, FaultKind.HANGING):
            if self.now().timestamp() >= deadline:
                return
            with self._changed:
                self._changed.wait(timeout=_LOOK)

    def _falls_due(self, fault: ProviderFault) -> bool:
        key = (fault.provider, fault.region, fault.kind)
        with self._changed:
            reached = self._shares.get(key, 0.0) + fault.value
            due = reached >= 1 - _ROUNDING
            self._shares[key] = reached - 1 if due else reached
        return due

    def _count(self, provider: ProviderName, region: str, kinds: Iterable[FaultKind]) -> None:
        with self._changed:
            self.met.update((provider, region, kind) for kind in kinds)


_LOOK = 0.2  # seconds
_ROUNDING = 1e-9
