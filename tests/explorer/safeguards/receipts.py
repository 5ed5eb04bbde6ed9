"""Define the safeguards of receipts and rollups, and the functions without each. Used by `test_safeguards`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from ordercast.notifications.notification import Notification
from ordercast.receipts.receipt_log import ReceiptLog
from ordercast.rollups.counting import Transaction
from ordercast.rollups.rollup import CountedPlace, CountedVersion
from ordercast.sending.outcome import Settlement
from ordercast.workflows.apply_receipts import ApplyReceipts
from ordercast.workflows.merge_receipts import MergeReceipts
from ordercast.workflows.send.sent import Sent
from ordercast.workflows.send.settling import Settling
from tests.explorer.deployed.fitting import Fitting
from tests.explorer.faults.points import Fault
from tests.explorer.safeguards.definition import Around, Safeguard


class _Forgetting(Settling, frozen=True):
    """Leaves message ids alone when a batch comes again."""

    def record_sent_before(self, rows: object) -> None:
        """Do nothing."""


class _SettlingFirst(_Forgetting, frozen=True):
    """Settles before it records message ids."""

    def settle(self, settlements: Sequence[Settlement], sent: Sent) -> None:
        later: Any = _Later(self.receipt_logs)
        super(_SettlingFirst, replace(self, receipt_logs=later)).settle(settlements, sent)
        later.flush()


class _FirstOnly(Settling, frozen=True):
    """Leaves to others what was said of a message before the sender knew its id."""

    def _merge_early(self, early: object) -> None:
        """Do nothing."""


@dataclass(slots=True)
class _Later:
    """Records message ids only when it is merged to."""

    inner: Any
    waiting: list[ReceiptLog] = field(default_factory=list)

    def join(self, receipt_logs: Sequence[ReceiptLog]) -> list[ReceiptLog]:
        self.waiting += receipt_logs
        return []

    def change(self, changes: Sequence[object]) -> set[str]:
        assert not changes
        return set()

    def flush(self) -> None:
        self.inner.join(self.waiting)


class _WithoutOrphans(Around):
    """Lets go of what is said of messages that nobody knows."""

    def change(self, changes: Sequence[tuple[ReceiptLog | None, ReceiptLog]]) -> set[str]:
        kept = [(seen, new) for seen, new in changes if new.notification_id is not None]
        written: set[str] = self.inner.change(kept)
        return written | {new.message_id for _, new in changes if new.notification_id is None}


class _LastPrice(ApplyReceipts, frozen=True):
    """Takes the price that was named last, or not named."""

    def _joined(self, seen: ReceiptLog | None, new: ReceiptLog) -> ReceiptLog:
        joined = super()._joined(seen, new)
        last = next((f.price for f in new.receipt_events.values() if f.price is not None), None)
        receipt_events = {
            kind: replace(receipt_event, price=last)
            for kind, receipt_event in joined.receipt_events.items()
        }
        return replace(joined, receipt_events=receipt_events)


class _ReceiptLogAlone(MergeReceipts, frozen=True):
    """Takes a message's price from its receipt log, whatever the ledger knew of it."""

    def _merged(self, row: Notification, receipt_logs: Sequence[ReceiptLog]) -> Notification:
        merged = {receipt_log.message_id for receipt_log in receipt_logs}
        messages = {
            i: replace(each, price=None) if i in merged else each
            for i, each in row.messages.items()
        }
        return super()._merged(replace(row, messages=messages), receipt_logs)


class _AnyVersion(Around):
    """Counts over whatever was counted meanwhile."""

    def commit(self, transactions: Sequence[Transaction], *, writer: int) -> list[bool]:
        for entry in (entry for each in transactions for entry in each.entries):
            self._pretend((entry.rollup_input.place, entry.rollup_input.id), entry.last)
        carried_out: list[bool] = self.inner.commit(transactions, writer=writer)
        return carried_out

    def _pretend(self, at: tuple[CountedPlace, str], last: CountedVersion | None) -> None:
        self.inner.kept.pop(at, None)
        if last is not None:
            self.inner.kept[at] = last


SMS_SENDER = "sms sender"

SAFEGUARDS_OF_RECEIPTS = (
    Safeguard(
        name="message ids before settling",
        without=lambda: Fitting(settling=_SettlingFirst),
        kept=lambda: Fitting(settling=_Forgetting),
        function=SMS_SENDER,
        call=("receipt_logs", "join"),
        fault=Fault.CRASH_BEFORE,
        breaks="found nobody, and the ledger knows it",
    ),
    Safeguard(
        name="message ids again with a batch that comes again",
        without=lambda: Fitting(settling=_Forgetting),
        function=SMS_SENDER,
        call=("receipt_logs", "join"),
        fault=Fault.THROTTLED,
        breaks="found nobody, and the ledger knows it",
    ),
    Safeguard(
        name="orphan parking: what comes before the map is kept",
        without=lambda: Fitting(tracker_receipt_logs=_WithoutOrphans),
        breaks="is lost",
    ),
    Safeguard(
        name="who comes second joins both",
        without=lambda: Fitting(settling=_FirstOnly, sweeps_receipts=False),
        kept=lambda: Fitting(sweeps_receipts=False),
        breaks="is not on the ledger",
    ),
    Safeguard(
        name="what neither has joined stays due",
        without=lambda: Fitting(sweeps_receipts=False),
        function=SMS_SENDER,
        call=("receipt_logs", "join"),
        fault=Fault.CRASH_AFTER,
        breaks="is not on the ledger",
    ),
    Safeguard(
        name="silence is closed",
        without=lambda: Fitting(sweeps_receipts=False),
        breaks="waits for a receipt that never comes",
    ),
    Safeguard(
        name="price rule: the highest that any receipt names",
        without=lambda: Fitting(apply=_LastPrice, merge=_ReceiptLogAlone),
        kept=lambda: Fitting(merge=_ReceiptLogAlone),
        breaks="has not the highest price",
    ),
    Safeguard(
        name="counted version: the condition of the transaction",
        without=lambda: Fitting(rollups=_AnyVersion),
        function="analytics",
        call=("rollups", "commit"),
        fault=Fault.OVERTAKEN,
        breaks="the rollups differ",
    ),
    Safeguard(
        name="repair of what was withheld",
        without=lambda: Fitting(repairs=False),
        breaks="is not counted after the repair",
    ),
)
