"""Count unattributed charges, and reverse those that turn out to be ours. Used by the verifier."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from ordercast.receipts.receipt_log import ReceiptLog
from ordercast.rollups.rollup import CHARGE, CountedVersion, RollupInput
from ordercast.rollups.unattributed_charges import charge_of, is_given_up, reversal_of
from ordercast.workflows.count_changes import Count

HOUR = timedelta(hours=1)

AGAIN = timedelta(hours=26)
"""For how long charges are looked at again each hour: rounds may fail, and prices may rise."""

SURELY = 2 * HOUR
"""How long after its wait a charge must have been counted: by then there was a round."""


class UnattributedReceiptLogs(Protocol):
    """Receipt logs without a notification. Raises `LedgerUnavailable`."""

    def find(self, message_ids: AbstractSet[str]) -> dict[str, ReceiptLog]:
        """Return the receipt logs that exist."""
        ...

    def unattributed(self, *, since: datetime, until: datetime) -> Iterator[list[ReceiptLog]]:
        """Return, by the page, what was found unattributed in that time, both ends included."""
        ...


class CountCharges(Struct, frozen=True, kw_only=True):
    """Count what carriers charge for texts without a notification.

    For `wait` after none was found, a notification may still be matched and a price still come.
    """

    receipt_logs: UnattributedReceiptLogs
    count: Count
    wait: timedelta
    now: Callable[[], datetime]

    def __call__(self) -> int:
        """Count charges given up lately that are not counted as they stand; return how many."""
        until = self.now() - self.wait
        pages = self.receipt_logs.unattributed(since=until - AGAIN, until=until)
        return sum(len(self.count(_charges(page)).entries) for page in pages)

    def rollup_inputs(
        self, ids: Iterable[str], counted: Mapping[str, CountedVersion]
    ) -> dict[str, RollupInput]:
        """Return the charges among *ids* as they stand, by id; reversed if they were ours after all."""
        wanted = {i.removeprefix(CHARGE) for i in ids if i.startswith(CHARGE)}
        found = self.receipt_logs.find(wanted) if wanted else {}
        inputs = (_input(receipt_log, counted.get(CHARGE + i)) for i, receipt_log in found.items())
        return {row.id: row for row in inputs if row is not None}

    def due(self, hours: Sequence[str]) -> Iterator[str]:
        """Yield the ids of those hours' charges that must have been counted."""
        now = self.now()
        for hour in hours:
            begun = datetime.fromisoformat(f"{hour}:00+00:00")
            if begun + self.wait + SURELY > now:
                continue
            for page in self.receipt_logs.unattributed(since=begun, until=begun + HOUR - _MOMENT):
                waited = self.wait + SURELY
                over = [each for each in page if is_given_up(each, wait=waited, now=now)]
                yield from (charge.id for charge in _charges(over))


_MOMENT = timedelta(milliseconds=1)  # the precision of the index


def _charges(receipt_logs: Iterable[ReceiptLog]) -> list[RollupInput]:
    return [charge for each in receipt_logs if (charge := charge_of(each)) is not None]


def _input(receipt_log: ReceiptLog, counted: CountedVersion | None) -> RollupInput | None:
    if counted is not None and receipt_log.notification_id is not None:
        return reversal_of(receipt_log, counted.contribution.bucket)
    return charge_of(receipt_log)
