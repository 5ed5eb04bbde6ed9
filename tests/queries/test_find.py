"""Whatever an operator has a name of is found: in each shop, by an address, by an id, and among what is parked."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from msgspec.structs import replace

from ordercast.events.identity import notification_id_for, order_hash_for
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification, OrderDetails
from ordercast.pacing.holds import Hold, Scope, Why
from ordercast.parked.item import Kind, ParkedItem
from ordercast.queries.find import Searched, SearchHit, find
from ordercast.receipts.receipt_log import ReceiptLog
from tests.examples import notification
from tests.fakes.clock import START
from tests.fakes.ledger import FakeLedger
from tests.fakes.message_lists import FakeLedgerLists
from tests.fakes.receipt_logs import FakeReceiptLogs

SHOP, NOW = "Tea", START + timedelta(minutes=12)


def of_order(
    order_id: str, channel: Channel = Channel.SMS, shop: str | None = SHOP, **changes: object
) -> Notification:
    order = order_hash_for(shop=shop, order_id=order_id)
    row = notification(1, channel, order=OrderDetails(order_id=order_id, shop=shop), **changes)
    return replace(row, id=notification_id_for(order, "event", channel))


TEXT = of_order("o-1", country="SE", recipient="+12065550123", customer_id="c-1")
MAIL = of_order("o-1", Channel.EMAIL, recipient="ada@example.com", state=State.DELIVERED)
PARKED = ParkedItem(kind=Kind.RECORD, id="101", reason="not-json", place="parked/1", since=START)
LOG = ReceiptLog(
    message_id="m-1",
    channel=Channel.SMS,
    sent_at=START,
    expires_at=START + timedelta(days=90),
    notification_id=TEXT.id,
)


@pytest.fixture
def ledger() -> FakeLedger:
    ledger = FakeLedger()
    ledger.rows = {row.id: row for row in (TEXT, MAIL)}
    return ledger


def found(
    ledger: FakeLedger, text: str, shops: Sequence[str | None] = (None, SHOP)
) -> list[SearchHit]:
    logs = FakeReceiptLogs()
    logs.kept[LOG.message_id] = LOG
    searched = Searched(
        ledger=ledger,
        lists=FakeLedgerLists(ledger),
        receipt_logs=logs,
        parked=lambda text: [PARKED] if text == "o-9" else [],
        country="US",
    )
    return find(text, searched, shops=shops, now=NOW)


def test_an_order_is_found_in_the_shop_that_has_it_with_both_its_messages(
    ledger: FakeLedger,
) -> None:
    hold = Hold(why=Why.PAUSED, scope=Scope(country="SE"), by="ada", since=START, reason="")
    ledger.holds = (hold,)

    (order,) = found(ledger, " o-1 ")

    assert ("order", SHOP) == (order.what, order.shop)
    assert {TEXT.id, MAIL.id} == {row.id for row in order.rows}
    assert "not sent: texts to SE paused 12 min ago" in order.verdict
    assert "delivered" in order.verdict


@pytest.mark.parametrize(
    ("text", "what", "row"),
    [
        ("c-1", "customer", TEXT),
        ("+1 206 555 0123", "address", TEXT),
        ("(206) 555-0123", "address", TEXT),
        ("Ada@example.com", "address", MAIL),
        (TEXT.id, "message", TEXT),
        ("m-1", "provider message", TEXT),
    ],
)
def test_a_message_is_found_by_each_of_its_names(
    ledger: FakeLedger, text: str, what: str, row: Notification
) -> None:
    (finding,) = found(ledger, text)

    assert (what, (row,)) == (finding.what, finding.rows)
    assert finding.verdict


def test_an_order_of_another_shop_is_another_order(ledger: FakeLedger) -> None:
    other = of_order("o-1", shop="Other")
    ledger.rows[other.id] = other

    assert ["Other", SHOP] == [each.shop for each in found(ledger, "o-1", ("Other", SHOP))]
    assert [] == found(ledger, "o-1", (None,))


def test_a_parked_event_is_found_by_what_stands_in_it(ledger: FakeLedger) -> None:
    (parked,) = found(ledger, "o-9")

    assert "parked 12 min ago: not-json:  (ordercast parked show 101)" == parked.verdict


def test_what_nobody_knows_is_not_found(ledger: FakeLedger) -> None:
    for text in ("o-404", "+12065550199", "bob@example.com", "x" * 44):
        assert [] == found(ledger, text)
