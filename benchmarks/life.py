"""Count the ledger's write units for the whole life of a notification. Used by `make bench`."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from benchmarks.aws.account import LEDGER, RECEIPTS
from benchmarks.aws.stand_in import StandIn
from benchmarks.batches import Steps
from benchmarks.measuring import Counts, counted
from benchmarks.ordercast_functions import RELAY_SETTINGS, Functions
from benchmarks.orders import queue_event
from ordercast.decisions.lookup import LookupKeys
from ordercast.gateways.ledger.dynamo_ledger import DynamoLedger
from ordercast.sending.due_policy import DuePolicy, looked_at
from ordercast.wiring.quiet import quiet_policy

HANDSET = "Message has been accepted by phone"
CARRIER = "Message has been accepted by phone carrier"

_DUE_POLICY = DuePolicy(
    first_wait=RELAY_SETTINGS.republish_after,
    resend_email_after=None,
    receipt_timeout=timedelta(hours=72),
    quiet=quiet_policy(RELAY_SETTINGS),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """Write units a notification, by kind of item, and the largest item of each kind in bytes.

    `merge_receipts` are the calls for one batch of receipts.
    """

    units: Mapping[str, float]
    largest: Mapping[str, int]
    merge_receipts: Counts

    @property
    def total(self) -> float:
        """The sum."""
        return sum(self.units.values())


def life(
    aws: StandIn, functions: Functions, steps: Steps, *, says: str, look: bool = False
) -> Life:
    """Relay texts, have the sweeper *look* at each once, send it, and merge one receipt."""
    steps.relaying()()
    if look:
        _look(
            functions, [json.loads(message["body"])["notification_id"] for message in aws.published]
        )
    steps.sending()()
    receipts = [_receipt(message_id, says) for (message_id,) in aws.tables[RECEIPTS].items]
    merge_receipts = counted(aws, lambda: functions.hear(queue_event(receipts)))
    ledger = aws.tables[LEDGER]
    return Life(
        units={kind: n / steps.orders.messages for kind, n in ledger.units.items() if n},
        largest=Counter(ledger.largest),
        merge_receipts=merge_receipts,
    )


def _look(functions: Functions, ids: list[str]) -> None:
    """Write what the sweeper writes for messages that no sender has claimed."""
    ledger = DynamoLedger(table=functions.ledger)
    rows = ledger.look_up(LookupKeys(notifications=frozenset(ids))).notifications.values()
    now = datetime.now(UTC)
    ledger.change([(row, looked_at(row, due_policy=_DUE_POLICY, now=now)) for row in rows])


def _receipt(message_id: str, says: str) -> str:
    """Return a line of the SMS delivery log."""
    return json.dumps(
        {
            "notification": {"messageId": message_id, "timestamp": "2026-03-02 09:30:10.558"},
            "delivery": {"priceInUSD": 0.00645, "providerResponse": says},
            "status": "SUCCESS",
        }
    )
