"""Define the safeguards of the stop for reputation, and the sweeper without each. Used by `test_safeguards`."""

from collections.abc import Sequence

from msgspec.structs import replace

from ordercast.decisions.lookup import LookupKeys, LookupResult
from ordercast.workflows.sweep.keep_reputation import EVERY, KeepReputation
from ordercast.workflows.sweep.sweep import Sweep
from ordercast.workflows.sweep.swept import Swept
from tests.explorer.deployed.fitting import Fitting, rebuilt
from tests.explorer.faults.points import Fault
from tests.explorer.safeguards.definition import Around, Safeguard
from tests.explorer.safeguards.holds import LastWriter


class _NeverLooking(KeepReputation):
    """Asks nobody."""

    def __call__(self, *_: object) -> bool:
        """Do nothing."""
        return False


class _LookingOnce(KeepReputation):
    """Takes a look that failed for one that was made."""

    def __call__(self, shards: Sequence[int], swept: Swept) -> bool:
        """Look, whatever becomes of it."""
        try:
            return super().__call__(shards, swept)
        finally:
            if not self._asked or self.now() - self._asked >= EVERY:
                self._asked = self.now()


class _WithoutDecisions(Around):
    """Shows no hold that was let go."""

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        found: LookupResult = self.inner.look_up(wanted)
        return replace(found, holds=tuple(each for each in found.holds if each.is_active))


def _never_looking(sweep: Sweep) -> Sweep:
    return replace(sweep, reputation=rebuilt(_NeverLooking, sweep.reputation))


def _looking_once(sweep: Sweep) -> Sweep:
    return replace(sweep, reputation=rebuilt(_LookingOnce, sweep.reputation))


def _lifting(sweep: Sweep) -> Sweep:
    """Return a sweeper for which a stop is over as soon as the rates are low."""
    return replace(sweep, reputation=replace(sweep.reputation, is_done=lambda *_: True))


def _forgetting(sweep: Sweep) -> Sweep:
    blind = _WithoutDecisions(sweep.reputation.ledger)
    return replace(sweep, reputation=replace(sweep.reputation, ledger=blind))


_SENT_WHILE_STOPPED = "email: called while it was paused"

SAFEGUARDS_OF_REPUTATION = (
    Safeguard(
        name="a look at the reputation",
        without=lambda: Fitting(sweep=_never_looking),
        breaks=f"o-bounced-2 {_SENT_WHILE_STOPPED}",
    ),
    Safeguard(
        name="a look that failed is made again in the next minute",
        without=lambda: Fitting(sweep=_looking_once),
        function="sweeper",
        call=("ledger", "hold"),
        fault=Fault.THROTTLED,
        breaks=f"o-bounced-2 {_SENT_WHILE_STOPPED}",
    ),
    Safeguard(
        name="rates that are low lift no stop",
        without=lambda: Fitting(sweep=_lifting),
        breaks=f"o-bounced-3 {_SENT_WHILE_STOPPED}",
    ),
    Safeguard(
        name="what an operator let go is not stopped again",
        without=lambda: Fitting(sweep=_forgetting),
        breaks="o-bounced-4/email/confirmed expired, and could have been sent",
    ),
    Safeguard(
        name="a stop that is set while the record of holds is rewritten",
        without=lambda: Fitting(ledger=LastWriter),
        function="sweeper",
        call=("ledger", "end_holds"),
        fault=Fault.OVERTAKEN,
        breaks=f"o-bounced-1 {_SENT_WHILE_STOPPED}",
    ),
)
