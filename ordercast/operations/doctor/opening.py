"""Open the channels that nothing speaks against, and say which are. Used by `ordercast doctor`."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from ordercast.decisions.lookup import LookupKeys, LookupResult
from ordercast.events.order_event import Channel
from ordercast.operations.doctor.findings import AccountFinding, is_clean
from ordercast.pacing.opening import Opened, opened

READY = "doctor found the account ready"


class OpeningLedger(Protocol):
    """What is used of the ledger."""

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        """Read the holds, and which channels were opened."""
        ...

    def open_channels(self, opened: Sequence[Opened]) -> None:
        """Open each channel that never was."""
        ...


def open_clean(
    ledger: OpeningLedger, found: Sequence[AccountFinding], *, by: Callable[[], str], at: datetime
) -> dict[Channel, Opened | None]:
    """Open each channel that is clean and never was opened; return who opened each, None if nobody has.

    A channel that was opened stays so: trouble with the account holds it by
    itself, and an operator may pause it. Raises `LedgerUnavailable`.
    """
    known = {each.channel: each for each in ledger.look_up(LookupKeys(holds=True)).opened}
    new = [each for each in Channel if each not in known and is_clean(found, each)]
    if new:
        opening = opened(new, by=by(), at=at, reason=READY)
        ledger.open_channels(opening)
        known |= {each.channel: each for each in opening}
    return {each: known.get(each) for each in Channel}
