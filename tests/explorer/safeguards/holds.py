"""Define the safeguards of holds, and the functions without each. Used by `test_safeguards`."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from ordercast.decisions.lookup import LookupKeys, LookupResult
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.pacing.holds import Hold, Holds, without
from ordercast.sending.claim import Claim, ClaimRequest
from ordercast.sending.due_policy import DueAction
from ordercast.workflows.sweep.probe_holds import ProbeHolds
from ordercast.workflows.sweep.release_deferred import ReleaseDeferred
from ordercast.workflows.sweep.sweep import Sweep
from tests.explorer.deployed.fitting import Fitting, rebuilt
from tests.explorer.faults.points import Fault
from tests.explorer.safeguards.definition import Around, Safeguard


class _WithoutHolds(Around):
    """Shows no hold."""

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        found: LookupResult = self.inner.look_up(wanted)
        return replace(found, holds=())


class _HeldAsRequested(_WithoutHolds):
    """Shows what waits behind a hold as if it waited for a sender, and no hold."""

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        found = super().look_up(wanted)
        rows = {
            i: replace(row, state=State.REQUESTED) if row.is_held else row
            for i, row in found.notifications.items()
        }
        return replace(found, notifications=rows)


class _ClaimingHeld(Around):
    """Claims what waits behind a hold, too."""

    def claim(self, requests: Sequence[ClaimRequest], **named: Any) -> dict[str, Claim]:
        for row in (self.inner.rows[each.id] for each in requests):
            if row.is_held:
                self.inner.rows[row.id] = replace(row, state=State.REQUESTED)
        claims: dict[str, Claim] = self.inner.claim(requests, **named)
        return claims


class LastWriter(Around):
    """Ends holds in the list as it was read, whatever was set meanwhile."""

    seen: Holds = ()

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        found: LookupResult = self.inner.look_up(wanted)
        if wanted.holds:
            self.seen = found.holds
        return found

    def end_holds(self, ended: Sequence[Hold]) -> None:
        self.inner.holds = without(self.seen, ended)


class _PublishingHeld(ReleaseDeferred, frozen=True):
    """Publishes what it puts behind a hold."""

    def action(self, row: Notification, found: LookupResult, now: datetime) -> DueAction:
        return replace(super().action(row, found, now), publish=True)


class _NoProbes(ProbeHolds, frozen=True):
    """Probes nothing."""

    def __call__(self, *_: object) -> None:
        """Do nothing."""


def _publishing_held(sweep: Sweep) -> Sweep:
    return replace(sweep, release=rebuilt(_PublishingHeld, sweep.release))


def _without_probes(sweep: Sweep) -> Sweep:
    probe = rebuilt(_NoProbes, sweep.holds.probe)
    return replace(sweep, holds=replace(sweep.holds, probe=probe))


SAFEGUARDS_OF_HOLDS = (
    Safeguard(
        name="holds at the claim",
        without=lambda: Fitting(sender_ledger=_WithoutHolds),
        breaks="called while it was paused",
    ),
    Safeguard(
        name="holds once more at a release",
        without=lambda: Fitting(sender_ledger=_WithoutHolds, sweeper_ledger=_WithoutHolds),
        kept=lambda: Fitting(sender_ledger=_WithoutHolds),
        breaks="o-night sms: called while it was paused",
    ),
    Safeguard(
        name="what is put behind a hold is not published",
        without=lambda: Fitting(
            ledger=_ClaimingHeld, sender_ledger=_HeldAsRequested, sweep=_publishing_held
        ),
        kept=lambda: Fitting(ledger=_ClaimingHeld, sender_ledger=_HeldAsRequested),
        breaks="o-night sms: called while it was paused",
    ),
    Safeguard(
        name="the condition of the record of holds",
        without=lambda: Fitting(ledger=LastWriter),
        function="sweeper",
        call=("ledger", "end_holds"),
        fault=Fault.MEANWHILE,
        breaks="called while it was paused",
    ),
    Safeguard(
        name="a hold that was let go is kept while a sender may not know",
        without=lambda: Fitting(holds_kept=timedelta()),
        function="sms sender",
        call=("ledger", "change"),
        fault=Fault.MEANWHILE,
        breaks="stuck as deferred",
    ),
    Safeguard(
        name="probes of trouble at the provider",
        without=lambda: Fitting(sweep=_without_probes),
        breaks="o-winter-1/sms/confirmed is stuck as deferred",
    ),
)
