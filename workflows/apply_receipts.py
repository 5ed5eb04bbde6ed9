"""Receipts in, what became of each message on the ledger out."""

from collections.abc import Sequence
from dataclasses import dataclass

from notifications.lifecycle import outranked_by
from notifications.receipt import Receipt
from workflows.ports import Clock, Ledger, MessageIds


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What became of a batch, in receipts; `unmatched` are to be brought again."""

    changed: int
    unmatched: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyReceipts:
    """Match each receipt to its notification, by our tag else by message id, and record it."""

    ledger: Ledger
    message_ids: MessageIds
    now: Clock

    def __call__(self, receipts: Sequence[Receipt]) -> Applied:
        """Apply a batch; raises `Retryable` when a table is in trouble."""
        untagged = frozenset(r.message_id for r in receipts if r.notification_id is None)
        known = self.message_ids.find(untagged)
        strongest: dict[str, Receipt] = {}
        unmatched = []
        for receipt in receipts:
            owner = receipt.notification_id or known.get(receipt.message_id)
            if owner is None:
                # The carrier can be faster than our own row: it will be there next time.
                unmatched.append(receipt)
            else:
                strongest[owner] = _stronger(strongest.get(owner), receipt)
        changed = self.ledger.apply(strongest, at=self.now())
        return Applied(changed=len(changed), unmatched=tuple(unmatched))


def _stronger(known: Receipt | None, new: Receipt) -> Receipt:
    """Fold a batch to one fact a notification: a bulk write takes one statement a key."""
    if known is None or known.state in outranked_by(new.state, new.channel):
        return new
    return known
