"""A queue of receipts in memory, which is empty unless a test says otherwise."""

from dataclasses import dataclass
from datetime import datetime

from ordercast.errors import LedgerUnavailable


@dataclass(slots=True)
class FakeReceiptQueue:
    """Holds no receipts, only when the oldest came that would wait; raises while `unavailable`.

    Unless it is `readable`, nobody knows how old they are.
    """

    oldest: datetime | None = None
    readable: bool = True
    unavailable: bool = False
    reads: int = 0

    def applied_until(self, *, now: datetime) -> datetime | None:
        self.reads += 1
        if self.unavailable:
            raise LedgerUnavailable("applied_until")
        if not self.readable:
            return None
        return now if self.oldest is None else min(now, self.oldest)
