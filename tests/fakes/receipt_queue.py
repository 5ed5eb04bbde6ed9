"""Where receipts wait, in memory: drained unless a test says otherwise."""

from dataclasses import dataclass

from notifications.errors import LedgerUnavailable


@dataclass(slots=True)
class FakeReceiptQueue:
    """Holds no receipts, only whether any would wait; raises while `unavailable`."""

    drained: bool = True
    unavailable: bool = False
    asked: int = 0

    def is_drained(self) -> bool:
        self.asked += 1
        if self.unavailable:
            raise LedgerUnavailable("is_drained")
        return self.drained
