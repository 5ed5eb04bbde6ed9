"""Define the safeguards of breakers, and the functions without each. Used by `test_safeguards`."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from ordercast.decisions.lookup import LookupKeys, LookupResult
from ordercast.pacing.holds import Hold, Why
from ordercast.sending.routes import Route
from ordercast.workflows.send.breakers import Breakers
from ordercast.workflows.sweep.probe_holds import ProbeHolds
from ordercast.workflows.sweep.sweep import Sweep
from tests.explorer.deployed.fitting import Fitting, rebuilt
from tests.explorer.faults.points import Fault
from tests.explorer.safeguards.definition import Around, Safeguard


class _WithoutBreakers(Around):
    """Shows no hold of a route, and writes none."""

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        found: LookupResult = self.inner.look_up(wanted)
        return replace(found, holds=tuple(e for e in found.holds if e.why is not Why.BREAKER))


class _Forgetful(Breakers):
    """Knows nothing any more of what it has met by the time of the next wave."""

    def read(self, found: LookupResult) -> None:
        self._calls.clear()
        super().read(found)


class _AnsweringAll:
    """Providers that are said to answer, whether they do or not."""

    def answering(self, routes: Sequence[Route]) -> set[Route]:
        return set(routes)


class _NoBreakerProbes(ProbeHolds, frozen=True):
    """Probes no breaker."""

    def __call__(self, holds: Sequence[Hold], *named: Any) -> None:
        super().__call__([each for each in holds if not each.scope.route], *named)


def _risking(sweep: Sweep) -> Sweep:
    probe = replace(sweep.holds.probe, routes=_AnsweringAll())
    return replace(sweep, holds=replace(sweep.holds, probe=probe))


def _without_probes(sweep: Sweep) -> Sweep:
    probe = rebuilt(_NoBreakerProbes, sweep.holds.probe)
    return replace(sweep, holds=replace(sweep.holds, probe=probe))


SAFEGUARDS_OF_BREAKERS = (
    Safeguard(
        name="breaker: holds of routes are read at the choice",
        without=lambda: Fitting(sender_ledger=_WithoutBreakers),
        breaks="called on a closed route",
    ),
    Safeguard(
        name="breaker: a call that sends nothing comes before a message",
        without=lambda: Fitting(sweep=_risking),
        breaks="risked while its provider answered nothing",
    ),
    Safeguard(
        name="breaker: messages try a closed route again",
        without=lambda: Fitting(sweep=_without_probes),
        breaks="o-everywhere-0/sms/confirmed is stuck as deferred",
    ),
    Safeguard(
        name="breaker lost: a process goes by what it has met itself",
        without=lambda: Fitting(breakers=_Forgetful),
        function="sms sender",
        call=("ledger", "hold"),
        fault=Fault.THROTTLED,
        breaks="called again where nothing is taken",
    ),
)
