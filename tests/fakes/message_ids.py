"""The map from provider message ids to notifications, in memory."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime

from notifications.errors import LedgerUnavailable


@dataclass(slots=True)
class FakeMessageIds:
    """Owners by message id; `record` and `find` raise while `unavailable`."""

    owners: dict[str, str] = field(default_factory=dict)
    expiries: dict[str, datetime] = field(default_factory=dict)
    unavailable: bool = False

    def record(self, notification_ids: Mapping[str, str], *, expires_at: datetime) -> None:
        self._call("record", len(notification_ids))
        self.owners |= notification_ids
        self.expiries |= dict.fromkeys(notification_ids, expires_at)

    def find(self, message_ids: AbstractSet[str]) -> dict[str, str]:
        self._call("find", len(message_ids))
        return {each: self.owners[each] for each in message_ids if each in self.owners}

    def _call(self, method: str, asked: int) -> None:
        if self.unavailable and asked:
            raise LedgerUnavailable(method)
