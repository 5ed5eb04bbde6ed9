"""Say what is left of a person once they are forgotten, where, and until when. Used by `ordercast forget`."""

from datetime import datetime, timedelta

from msgspec import Struct

from ordercast.settings.stage import StageSettings

RECOVERY = timedelta(days=35)
"""How far DynamoDB's point-in-time recovery reaches."""

CHANGES = timedelta(hours=24)
"""How long DynamoDB keeps a stream of changes."""


class Remaining(Struct, frozen=True, kw_only=True):
    """A place (docs/data-map.md) that only expiry empties, what is there, and until when.

    Where nothing says until when, `how` says who ends it.
    """

    place: str
    what: str
    until: datetime | None = None
    how: str = ""


def remaining(stage: StageSettings, *, at: datetime) -> list[Remaining]:
    """Return what is left after *at*, the last first."""
    queues = max(stage.queues.retention, stage.queues.dead_letter_retention)
    placed = [
        ("ledger", "hashes of customer and address, and the order's id", stage.retention),
        ("tables' point-in-time recovery", "what they held before", RECOVERY),
        ("receipts", "provider's message ids", stage.receipt_retention),
        ("parked records and batches", "events as they came", stage.parked_retention),
        ("queues of receipts, their dead letters", "addresses, in receipts", queues),
        ("stream", "events as the shop put them", stage.orders.retention),
        ("ledger's stream of changes", "rows as they were", CHANGES),
    ]
    last_first = sorted(placed, key=lambda each: each[2], reverse=True)
    expiring = [Remaining(place=p, what=what, until=at + kept) for p, what, kept in last_first]
    return [*expiring, *_ELSEWHERE]


_ELSEWHERE = (
    Remaining(
        place="customers",
        what="what was refused, under hashes: nothing goes there by mistake",
        how="ordercast suppressions remove",
    ),
    Remaining(
        place="SES, SNS and End User Messaging, in each Region",
        what="their own lists of refusals; they keep messages away",
        how="ordercast suppressions remove --address ADDRESS",
    ),
    Remaining(
        place="account's logs and usage reports of texts",
        what="numbers",
        how="sms_log_retention and usage_report_retention (stages/account.toml)",
    ),
    Remaining(
        place="shop, exports and copies of yours",
        what="events, orders and files",
        how="whoever keeps them",
    ),
)
