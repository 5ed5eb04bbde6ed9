"""Find what an operator has a name of: an order, a customer, an address, a message. Used by `ordercast find` and the console."""

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from itertools import islice
from typing import Protocol

from msgspec import Struct

from ordercast.decisions.decision import Decision
from ordercast.decisions.lookup import LookupKeys, LookupResult
from ordercast.events.identity import (
    address_key,
    customer_key,
    is_notification_id,
    order_hash_for,
)
from ordercast.notifications.notification import Notification
from ordercast.notifications.places import place_of
from ordercast.pacing.holds import Holds
from ordercast.parked.item import ParkedItem
from ordercast.people.email_addresses import mailbox
from ordercast.people.phone_numbers import e164
from ordercast.queries.ports import LedgerLists
from ordercast.queries.verdicts import ago, kind_of, verdict
from ordercast.receipts.receipt_log import ReceiptLog
from ordercast.rollups.listed import ListedNotification, ReadUnits

NEWEST = 20
"""How many messages of a customer or an address are shown."""

MOST_SHOPS = 100
_UNITS = 50  # of a customer's or an address's list


class OrderLedger(Protocol):
    """The part of the ledger that knows orders. Raises `LedgerUnavailable`."""

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        """Read rows and holds."""
        ...

    def of_order(self, partition: str) -> list[Notification]:
        """Return an order's notifications, oldest first."""
        ...

    def decisions_of(self, partition: str) -> list[Decision]:
        """Return the decisions of an order's events, oldest first."""
        ...


class ReceiptLogsById(Protocol):
    """The receipts, by the provider's message id. Raises `LedgerUnavailable`."""

    def find(self, message_ids: AbstractSet[str]) -> dict[str, ReceiptLog]:
        """Return the receipt logs that exist."""
        ...


class Searched(Struct, frozen=True, kw_only=True):
    """The ports that are searched; `parked` looks for a text in what is parked, up to its own limit."""

    ledger: OrderLedger
    lists: LedgerLists
    receipt_logs: ReceiptLogsById
    parked: Callable[[str], Sequence[ParkedItem]]
    country: str


class SearchHit(Struct, frozen=True, kw_only=True):
    """What was found under one name: its `verdict` in a line, and the messages, newest first.

    `what` is order, customer, address, message, provider message or parked event; `shop` is that of an
    order or a customer, None where events name none.
    """

    what: str
    verdict: str
    shop: str | None = None
    rows: tuple[Notification, ...] = ()


def find(
    text: str, searched: Searched, *, shops: Sequence[str | None], now: datetime
) -> list[SearchHit]:
    """Return what *text* names, the best first; of orders and customers in each of *shops*."""
    written = text.strip()
    holds = searched.ledger.look_up(LookupKeys(holds=True)).holds
    address = mailbox(written) if "@" in written else e164(written, country=searched.country)
    return [
        *_message(written, searched, holds, now),
        *_address(address, searched, holds, now),
        *(
            found
            for shop in shops[:MOST_SHOPS]
            for search in (_order, _customer)
            for found in search(written, shop, searched, holds, now)
        ),
        *_parked(written, searched, now),
    ]


def _message(written: str, searched: Searched, holds: Holds, now: datetime) -> Iterator[SearchHit]:
    """Look for one of our ids, or of a provider's."""
    if is_notification_id(written):
        rows = _rows([written], searched)
        if rows:
            yield _of("message", rows, holds, now)
        return
    log = searched.receipt_logs.find({written}).get(written)
    if log is None:
        return
    rows = _rows([log.notification_id], searched) if log.notification_id else []
    if rows:
        yield _of("provider message", rows, holds, now)
    else:
        said = f"{log.channel} of {log.sent_at:%Y-%m-%d %H:%M} UTC that no notification is known of"
        yield SearchHit(what="provider message", verdict=said)


def _address(
    address: str | None, searched: Searched, holds: Holds, now: datetime
) -> Iterator[SearchHit]:
    if address is None:
        return
    units = ReadUnits(most=_UNITS)
    listed = searched.lists.of_address(address_key(address), before=_FOREVER, units=units)
    if rows := _newest(listed, searched):
        yield _of("address", rows, holds, now)


def _order(
    written: str, shop: str | None, searched: Searched, holds: Holds, now: datetime
) -> Iterator[SearchHit]:
    partition = order_hash_for(shop=shop, order_id=written)
    rows = searched.ledger.of_order(partition)
    if rows:
        yield _of("order", rows[::-1], holds, now, shop=shop)
        return
    decisions = searched.ledger.decisions_of(partition)
    if decisions:
        when = ago(decisions[-1].accepted_at, now)
        said = f"no message: its last event was decided {when}, and nobody was to be reached"
        if decisions[-1].verdicts:
            said = f"its messages are gone with their retention; its last event was decided {when}"
        yield SearchHit(what="order", verdict=said, shop=shop)


def _customer(
    written: str, shop: str | None, searched: Searched, holds: Holds, now: datetime
) -> Iterator[SearchHit]:
    key, units = customer_key(shop=shop, customer_id=written), ReadUnits(most=_UNITS)
    listed = searched.lists.of_customer(key, before=_FOREVER, units=units)
    if rows := _newest(listed, searched):
        yield _of("customer", rows, holds, now, shop=shop)


def _parked(written: str, searched: Searched, now: datetime) -> Iterator[SearchHit]:
    for item in searched.parked(written):
        since = f" {ago(item.since, now)}" if item.since else ""
        said = f"parked{since}: {item.reason}: {item.detail} (ordercast parked show {item.id})"
        yield SearchHit(what="parked event", verdict=said)


def _newest(listed: Iterator[ListedNotification], searched: Searched) -> list[Notification]:
    return _rows([each.id for each in islice(listed, NEWEST)], searched)


def _rows(ids: Sequence[str], searched: Searched) -> list[Notification]:
    found = searched.ledger.look_up(LookupKeys(notifications=frozenset(ids))).notifications
    return [found[each] for each in ids if each in found]


def _of(
    what: str,
    rows: Sequence[Notification],
    holds: Holds,
    now: datetime,
    *,
    shop: str | None = None,
) -> SearchHit:
    """Judge by the newest event's messages: both channels are of one instant."""
    newest = [row for row in rows if row.effective_at == rows[0].effective_at]
    said = "; ".join(f"{kind_of(row)}: {verdict(row, holds, now=now)}" for row in newest)
    return SearchHit(what=what, verdict=said, shop=shop, rows=tuple(rows))


_FOREVER = place_of(datetime(9999, 1, 1, tzinfo=UTC))
