"""When a notification was sent, and what it cost, does not depend on the order in which its receipts come."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import CostSource
from ordercast.notifications.notification import Notification
from ordercast.receipts.merge import merge_receipts
from ordercast.receipts.receipt import Receipt
from ordercast.receipts.receipt_log import ReceiptLog, join, receipt_log_of
from tests.examples import notification
from tests.fakes.clock import START
from tests.workflows.receipts.provider_receipts import UNREACHABLE

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def receipt(message_id: str, kind: str, *, after: int) -> Receipt:
    at = START + after * SECOND
    return Receipt(channel=Channel.SMS, message_id=message_id, kind=kind, at=at, sent_at=at)


RECEIPTS = (
    receipt("m-1", "PENDING", after=0),
    receipt("m-1", "FAILURE/No origination entities available to send", after=2),
    receipt("m-2", UNREACHABLE, after=3),
)


@pytest.mark.parametrize("order", list(permutations(RECEIPTS)))
def test_a_text_that_the_account_could_not_send_sets_no_time_of_sending(
    order: Sequence[Receipt],
) -> None:
    """It was taken at first, and never sent: only the text after it was."""
    assert START + 3 * SECOND == merged_in(order).sent_at


@pytest.mark.parametrize("order", list(permutations(RECEIPTS)))
def test_a_text_that_the_account_could_not_send_costs_nothing(order: Sequence[Receipt]) -> None:
    """Its estimate was counted while it was said to be on its way."""
    row = merged_in(order, estimate=Decimal("0.02"))

    assert (Decimal("0.02"), CostSource.ESTIMATE) == (row.cost, row.cost_source)


def merged_in(order: Sequence[Receipt], estimate: Decimal | None = None) -> Notification:
    """Return a text with these receipts merged one by one."""
    row = replace(notification(1, Channel.SMS), estimate=estimate)
    logs = dict[str, ReceiptLog]()
    for each in order:
        new = receipt_log_of(each, expires_at=START + DAY)
        logs[each.message_id] = join(logs.get(each.message_id), new)
        found = [logs[each.message_id]]
        row = merge_receipts(row, found, receipt_timeout=DAY, now=START + 9 * SECOND)
    return row


def test_what_its_sender_recorded_and_nobody_reported_has_its_time() -> None:
    """The sender died before it settled the claim; the fallback of an urgent text is due from then on."""
    row = notification(1, Channel.SMS)
    recorded = ReceiptLog(
        message_id="m-1",
        channel=Channel.SMS,
        notification_id=row.id,
        sent_at=START + SECOND,
        expires_at=START + DAY,
    )
    merged = merge_receipts(row, [recorded], receipt_timeout=DAY, now=START + 9 * SECOND)

    assert (State.SENT, START + SECOND) == (merged.state, merged.sent_at)
