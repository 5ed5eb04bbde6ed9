"""Provider message ids in, the notifications they belong to out: the receipts table as a map."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from gateways.dynamodb import Table, number, text


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoMessageIds:
    """Which notification a provider's message id belongs to, in DynamoDB."""

    table: Table

    def record(self, notification_ids: Mapping[str, str], *, expires_at: datetime) -> None:
        """Remember the notification id of each message id."""
        ttl = number(int(expires_at.timestamp()))
        self.table.put(
            [
                {"message_id": text(message_id), "notification_id": text(owner), "ttl": ttl}
                for message_id, owner in notification_ids.items()
            ]
        )

    def find(self, message_ids: AbstractSet[str]) -> dict[str, str]:
        """Return the notification ids that are known."""
        items = self.table.get([{"message_id": text(each)} for each in sorted(message_ids)])
        return {item["message_id"]["S"]: item["notification_id"]["S"] for item in items}
