"""Define the safeguards of further tries, and the functions without each. Used by `test_safeguards`."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import Message
from ordercast.notifications.notification import Notification
from ordercast.receipts.receipt_log import ReceiptLog
from ordercast.sending.due_policy import DueAction
from ordercast.sending.tries import to_be_tried_again
from ordercast.workflows.merge_receipts import MergeReceipts
from ordercast.workflows.sweep.look_at_due import LookAtDue
from ordercast.workflows.sweep.sweep import Sweep
from ordercast.workflows.sweep.swept import Swept
from tests.explorer.deployed.fitting import Fitting, rebuilt
from tests.explorer.safeguards.definition import Safeguard

WAITS = frozenset({State.DEFERRED, State.REQUESTED})


class _AnyDecides(MergeReceipts, frozen=True):
    """Lets word of any try decide, as if it were the last."""

    def _merged(self, row: Notification, receipt_logs: Sequence[ReceiptLog]) -> Notification:
        plain = {i: replace(each, number=None) for i, each in row.messages.items()}
        merged = super()._merged(replace(row, messages=plain), receipt_logs)
        return replace(merged, messages=_numbered_as(row.messages, merged.messages))


class _TriesAnyway(MergeReceipts, frozen=True):
    """Lets the next try come, whatever is said of the earlier ones."""

    def _merged(self, row: Notification, receipt_logs: Sequence[ReceiptLog]) -> Notification:
        merged = super()._merged(row, receipt_logs)
        if row.state not in WAITS or not any(each.number for each in row.messages.values()):
            return merged
        return replace(merged, state=row.state, rule=row.rule, due_at=row.due_at)


class _Impatient(LookAtDue, frozen=True, kw_only=True):
    """Tries again what is in doubt, and has failed before."""

    def _tried_again(self, rows: Sequence[Notification], swept: Swept) -> dict[str, DueAction]:
        now = self.now()
        doubtful = [row for row in rows if row.state is State.IN_DOUBT and row.messages]
        again = {r.id: DueAction(row=to_be_tried_again(r, at=now)) for r in doubtful}
        return {**super()._tried_again(rows, swept), **again}


def _numbered_as(before: Mapping[str, Message], after: Mapping[str, Message]) -> dict[str, Message]:
    return {
        i: replace(each, number=before[i].number) if i in before else each
        for i, each in after.items()
    }


def _with(kind: type[LookAtDue]) -> Fitting:
    def refitted(sweep: Sweep) -> Sweep:
        return replace(sweep, look=rebuilt(kind, sweep.look))

    return Fitting(sweep=refitted)


SAFEGUARDS_OF_TRIES = (
    Safeguard(
        name="late receipt of an earlier try",
        without=lambda: Fitting(merge=_AnyDecides),
        breaks="o-again-overtaken sms: its claim ended by word of an earlier try",
    ),
    Safeguard(
        name="no try after a delivery",
        without=lambda: Fitting(merge=_TriesAnyway),
        breaks="o-again-late sms: called again after it was delivered",
    ),
    Safeguard(
        name="no try while one is in doubt",
        without=lambda: _with(_Impatient),
        breaks="o-again-doubt/sms/confirmed was called for again, though the first may have happened",
    ),
)
