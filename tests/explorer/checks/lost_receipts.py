"""Find receipts that the pipeline lost or misread. Used by the check of the promises."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal

from ordercast.notifications.channels import rank
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import CostSource, Message
from ordercast.notifications.notification import Notification
from ordercast.receipts.provider_events import meaning_of
from ordercast.receipts.reading import read_receipt
from ordercast.receipts.receipt import Receipt
from ordercast.receipts.receipt_log import ReceiptLog
from tests.explorer.faults.journal import Journal
from tests.fakes.clock import START
from tests.workflows.receipts.provider_receipts import price_in


def lost_receipts(
    journal: Journal, receipt_logs: Mapping[str, ReceiptLog], rows: Mapping[str, Notification]
) -> Iterator[str]:
    """P4: no receipt is lost; the state is that of the best fact, the price that of the dearest."""
    said: defaultdict[str, list[Receipt]] = defaultdict(list)
    for each in journal.sent_receipts:
        read = read_receipt(each.body, received_at=START)
        assert isinstance(read, Receipt)
        said[each.message_id].append(read)
    whose = {each.message_id: rows[each.row.id] for each in journal.sent_receipts}
    for message_id, receipts in said.items():
        yield from _of_message(receipts, receipt_logs.get(message_id), whose[message_id])
    for row in rows.values():
        yield from _of_row(row, said)


def _of_message(
    receipts: list[Receipt], receipt_log: ReceiptLog | None, row: Notification
) -> Iterator[str]:
    """Look at what is known of one message; what is nobody's is kept too."""
    message_id = receipts[0].message_id
    if (
        receipt_log is None
        or {receipt.kind for receipt in receipts} - receipt_log.receipt_events.keys()
    ):
        yield f"P4: a receipt of {message_id} is lost"
    elif receipt_log.notification_id is None:
        if not receipt_log.unattributed:
            yield f"P4: the receipt of {message_id} waits for ever"
        if row.state is State.IN_DOUBT:
            yield f"P4: the receipt of {message_id} is nobody's, and {_name(row)} is in doubt"
    elif receipt_log.notification_id != row.id:
        yield f"P4: the receipt of {message_id} is not that of {_name(row)}"
    elif message_id not in row.messages:
        yield f"P4: what is said of {message_id} is not on the ledger"
    else:
        yield from _of_known(receipts, row.messages[message_id], row)


def _of_known(receipts: list[Receipt], known: Message, row: Notification) -> Iterator[str]:
    best = max(rank(meaning_of(each.kind, row.channel).state, row.channel) for each in receipts)
    if rank(known.state, row.channel) != best:
        yield f"P4: {_name(row)} does not say the best that is said of it: {known.state}"
    if known.price != dearest(receipts):
        yield f"P4: {_name(row)} has not the highest price that was named: {known.price}"


def _of_row(row: Notification, said: Mapping[str, list[Receipt]]) -> Iterator[str]:
    """Compare the cost with the highest price of each message, else what that one was claimed at."""
    sent = [i for i, each in row.messages.items() if each.state is not State.DEFERRED]
    prices = [dearest(said.get(i, [])) for i in sent]
    claimed = [e.estimate if e.number else row.estimate for e in map(row.messages.get, sent) if e]
    costs = [p if p is not None else e for p, e in zip(prices, claimed, strict=True)]
    cost = sum((each for each in costs if each is not None), Decimal())
    if (row.cost or Decimal()) != cost:
        yield f"P4: {_name(row)} cost what nobody named: {row.cost}"
    if None in prices and row.cost_source is CostSource.CARRIER:
        yield f"P4: {_name(row)} has a price that nobody named: {row.cost}"


def dearest(receipts: list[Receipt]) -> Decimal | None:
    """Return the highest price among them."""
    prices = map(price_in, receipts)
    return max((price for price in prices if price is not None), default=None)


def _name(row: Notification) -> str:
    return f"{row.order.order_id}/{row.channel}"
