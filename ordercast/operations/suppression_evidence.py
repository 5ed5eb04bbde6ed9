"""Find the message behind a suppression. Used by `ordercast suppressions show`."""

from typing import Protocol

from msgspec import Struct

from ordercast.decisions.lookup import LookupKeys, LookupResult
from ordercast.people.person import Person, Suppression
from ordercast.queries.find import ReceiptLogsById


class Rows(Protocol):
    """The ledger's rows. Raises `LedgerUnavailable`."""

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        """Read rows by id."""
        ...


class SuppressionEvidence(Struct, frozen=True, kw_only=True):
    """Why an address is suppressed, and the notification and order behind it, while these are kept."""

    suppression: Suppression
    notification_id: str | None = None
    order_id: str | None = None


def evidence_of(
    person: Person, receipt_logs: ReceiptLogsById, ledger: Rows
) -> SuppressionEvidence | None:
    """Return why the address of a record is suppressed; None if it is not. It takes two reads."""
    why = person.suppressions.get(person.key)
    if why is None or not why.message_id:
        return SuppressionEvidence(suppression=why) if why else None
    log = receipt_logs.find({why.message_id}).get(why.message_id)
    notification = log.notification_id if log else None
    if notification is None:
        return SuppressionEvidence(suppression=why)
    rows = ledger.look_up(LookupKeys(notifications=frozenset({notification}))).notifications
    row = rows.get(notification)
    return SuppressionEvidence(
        suppression=why, notification_id=notification, order_id=row.order.order_id if row else None
    )
