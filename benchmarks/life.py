"""Count the ledger's write units for the whole life of a notification. Used by `make bench`."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from benchmarks.aws.account import LEDGER, RECEIPTS
from benchmarks.aws.stand_in import StandIn
from benchmarks.batches import Orders, ours
from benchmarks.measuring import Counts, counted
from benchmarks.ordercast_functions import Functions
from benchmarks.orders import queue_event
from ordercast.decisions.lookup import LookupKeys, LookupResult
from ordercast.gateways.ledger.dynamo_ledger import DynamoLedger
from ordercast.sending.due_policy import DuePolicy, due_action

HANDSET = "Message has been accepted by phone"
CARRIER = "Message has been accepted by phone carrier"


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """Write units a notification, by kind of item, and the largest item of each kind in bytes."""

    units: Mapping[str, float]
    largest: Mapping[str, int]

    @property
    def total(self) -> float:
        """The sum."""
        return sum(self.units.values())


def life(aws: StandIn, functions: Functions, orders: Orders, *, says: str, looks: int = 0) -> Life:
    """Relay texts, sweep each *looks* times, send it, and merge one receipt."""
    steps = ours(aws, functions, orders)
    steps.prepare()
    steps.relay()
    for _ in range(looks):
        _look(
            functions, [json.loads(message["body"])["notification_id"] for message in aws.published]
        )
    steps.send()()
    sent = aws.tables[RECEIPTS].items
    functions.hear(queue_event([_receipt(message_id, says) for (message_id,) in sent]))
    ledger = aws.tables[LEDGER]
    return Life(
        units={kind: count / orders.messages for kind, count in ledger.units.items() if count},
        largest=Counter(ledger.largest),
    )


def merge_receipts(aws: StandIn, functions: Functions, orders: Orders) -> Counts:
    """Count one batch with a receipt for each sent text."""
    steps = ours(aws, functions, orders)
    steps.prepare()
    steps.relay()
    steps.send()()
    receipts = [_receipt(message_id, HANDSET) for (message_id,) in aws.tables[RECEIPTS].items]
    return counted(aws, lambda: functions.hear(queue_event(receipts)))


def _look(functions: Functions, ids: list[str]) -> None:
    """Write what the sweeper writes for messages that no sender has claimed."""
    ledger = DynamoLedger(table=functions.ledger)
    rows = ledger.look_up(LookupKeys(notifications=frozenset(ids))).notifications.values()
    ledger.change(
        [
            (
                row,
                due_action(
                    row,
                    LookupResult(),
                    due_policy=DuePolicy(
                        first_wait=timedelta(minutes=5),
                        resend_email_after=None,
                        receipt_timeout=timedelta(hours=72),
                    ),
                    send_within=timedelta(hours=1),
                    receipts_applied_until=None,
                    now=datetime.now(UTC),
                ).row,
            )
            for row in rows
        ]
    )


def _receipt(message_id: str, says: str) -> str:
    """Return a line of the SMS delivery log."""
    return json.dumps(
        {
            "notification": {"messageId": message_id, "timestamp": "2026-03-02 09:30:10.558"},
            "delivery": {"priceInUSD": 0.00645, "providerResponse": says},
            "status": "SUCCESS",
        }
    )
