"""Show the timeline of an order, and a text that was delivered. Used by the tests of timelines."""

from datetime import timedelta
from decimal import Decimal

from msgspec.structs import replace
from rich.console import Console

from ordercast.cli.output.timeline import OrderHistory, timeline
from ordercast.decisions.decision import Decision
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import CostSource, Message
from ordercast.notifications.notification import Notification
from ordercast.receipts.receipt_log import ReceiptEvent, ReceiptLog
from tests.examples import drafts
from tests.fakes.clock import START

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
MESSAGE = "0100019a-4b7e-7c1d-9f00-1234567890ab-000000"
CARRIER = "SUCCESS/Message has been accepted by phone carrier"
HANDSET = "SUCCESS/Delivered"


def delivered_text() -> tuple[Notification, ReceiptLog]:
    """A text that was sent, taken by the carrier and delivered, and what SNS said of it."""
    (draft,) = drafts(channel="sms")
    row = replace(
        draft,
        state=State.DELIVERED,
        sent_at=START + 2 * SECOND,
        delivered_at=START + 9 * SECOND,
        closed_at=START + 10 * SECOND,
        due_at=None,
        attempts=1,
        parts=1,
        reserved=Decimal("0.01002"),
        cost=Decimal("0.00645"),
        cost_source=CostSource.CARRIER,
        messages={MESSAGE: Message(state=State.DELIVERED, at=START + 9 * SECOND)},
    )
    receipt_log = ReceiptLog(
        message_id=MESSAGE,
        channel=Channel.SMS,
        notification_id=row.id,
        sent_at=START + 2 * SECOND,
        expires_at=row.expires_at,
        receipt_events={
            HANDSET: ReceiptEvent(at=START + 9 * SECOND, price=Decimal("0.00645")),
            CARRIER: ReceiptEvent(at=START + 4 * SECOND),
        },
    )
    return row, receipt_log


def shown(decisions: list[Decision], rows: list[Notification], *receipt_logs: ReceiptLog) -> str:
    """The timeline on a terminal of 80 columns."""
    console = Console(width=80, highlight=False)
    history = OrderHistory(
        decisions=decisions,
        rows=rows,
        receipt_logs={each.message_id: each for each in receipt_logs},
    )
    with console.capture() as captured:
        console.print(timeline(history), soft_wrap=False)
    return captured.get()
