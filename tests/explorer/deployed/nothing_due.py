"""Hide receipt logs from the sweeper, so that it never looks at one. Used by the explorer's functions."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ordercast.receipts.receipt_log import ReceiptLog


@dataclass(slots=True)
class NothingDue:
    """Receipt logs of which the sweeper never looks at one."""

    inner: Any

    def due(self, *_: object, **__: object) -> list[str]:
        return []

    def orphans(self, **_: object) -> Iterator[list[ReceiptLog]]:
        return iter([])

    def __getattr__(self, method: str) -> Any:
        return getattr(self.inner, method)
