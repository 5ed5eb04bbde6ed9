"""Forget a customer or an address: anonymise what a stage holds of them. Used by `ordercast forget`.

Each row is written once, with its person taken out and what waits ended, so that nothing goes out
without an address. The rows keep hashes; so a run that was interrupted finds them when it is repeated,
and a complaint or an opt-out that comes late still suppresses. The customer's record is last.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import islice
from typing import Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from ordercast.decisions.lookup import LookupKeys, LookupResult
from ordercast.events.identity import address_key
from ordercast.notifications.notification import Notification
from ordercast.people.person import AGREED, Person, address_of, customer_of, without_contact
from ordercast.people.person import forgotten as forgotten_person
from ordercast.sending.forgotten import WAITS, forgotten
from ordercast.workflows.ports import Changes, RowChange

PASSES = 3
"""How often the rows are looked through: what was entered meanwhile is found the next time."""

ROUNDS = 5  # of losing the race for a row; it is left for the next pass
PAGES_MAX = 1_000  # of a hundred rows, of one customer or address


class ForgettingLedger(Changes, Protocol):
    """The part of the ledger that is anonymised. Raises `LedgerUnavailable`."""

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        """Read rows as they are by now."""
        ...

    def of_customer(self, person: str) -> Iterator[list[Notification]]:
        """Return a customer's notifications, by the page."""
        ...

    def of_address(self, address: str) -> Iterator[list[Notification]]:
        """Return the notifications to an address, by the page."""
        ...


class ForgettingPeople(Protocol):
    """The records of customers and addresses. Raises `LedgerUnavailable`."""

    def get(self, keys: AbstractSet[str]) -> dict[str, Person]:
        """Return the people that are stored."""
        ...

    def change(self, keys: Iterable[str], becoming: Callable[[Person], Person]) -> None:
        """Write what *becoming* makes of each record."""
        ...


class Whom(Struct, frozen=True, kw_only=True):
    """Whom to forget: a customer (by `customer_key`), or who is reached at an address (by `address_key`)."""

    customer: str | None = None
    address: str | None = None

    @property
    def key(self) -> str:
        """The hash that the audit trail names."""
        return self.customer or self.address or ""


class ForgetOutcome(Struct, kw_only=True):
    """What was changed, or would be: `rows` anonymised, of which `ended` waited to be sent; `records` of customers.

    `before` are rows that were anonymised earlier, `changing` those that others kept changing;
    `addresses` are the hashes of all addresses, and `kept` is what was refused, and stays so.
    """

    rows: int = 0
    ended: int = 0
    records: int = 0
    before: int = 0
    changing: int = 0
    addresses: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    @property
    def is_any(self) -> bool:
        """Whether anything is known of whom to forget, or was."""
        return bool(self.rows or self.records or self.before or self.changing or self.kept)


class _Rows(Struct):
    """The rows of a person: what was seen of them, by hash or id, and what became of each."""

    whom: Whom
    ledger: ForgettingLedger
    at: datetime
    really: bool
    addresses: set[str] = field(default_factory=set)
    customers: set[str] = field(default_factory=set)
    before: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    changing: set[str] = field(default_factory=set)

    def pass_once(self) -> bool:
        """Go through all rows; return whether any was changed."""
        self.changing.clear()
        changed = False
        for page in self._pages():
            self.before.update(row.id for row in page if row.forgotten)
            changes = self._changes(page)
            if self.really:
                changed |= self._write(changes)
            else:
                self._note(changes)
        return changed

    def _pages(self) -> Iterator[Sequence[Notification]]:
        if self.whom.customer:
            yield from self._of_customer(self.whom.customer)
        for address in sorted(self.addresses):
            yield from self._of_address(address)
        # A text of theirs may have the address as that of its fallback.
        for customer in sorted(self.customers):
            for page in islice(self.ledger.of_customer(customer), PAGES_MAX):
                yield [row for row in page if self.addresses & _addresses(row)]

    def _of_customer(self, key: str) -> Iterator[Sequence[Notification]]:
        for page in islice(self.ledger.of_customer(key), PAGES_MAX):
            self.addresses.update(address for row in page for address in _addresses(row))
            yield page

    def _of_address(self, key: str) -> Iterator[Sequence[Notification]]:
        for page in islice(self.ledger.of_address(key), PAGES_MAX):
            if self.whom.customer:
                yield [row for row in page if customer_of(row) is None]
            else:
                self.customers.update(whose for row in page if (whose := customer_of(row)))
                yield page

    def _changes(self, rows: Iterable[Notification]) -> list[RowChange]:
        """Return what is to be written; of a row that goes elsewhere the address of its fallback alone."""
        changes = []
        for row in rows:
            elsewhere = self.whom.address and address_of(row) != self.whom.address
            new = _without_fallback(row) if elsewhere else forgotten(row, at=self.at)
            if new is not row:
                changes.append((row, new))
        return changes

    def _write(self, changes: Sequence[RowChange]) -> bool:
        """Write each as it is by now, again until nobody else has changed it; return whether any was."""
        wrote = False
        for _ in range(ROUNDS):
            written = self.ledger.change(changes) if changes else set[str]()
            self._note(each for each in changes if each[0].id in written)
            wrote = wrote or bool(written)
            lost = frozenset(row.id for row, _ in changes) - written
            if not lost:
                return wrote
            now = self.ledger.look_up(LookupKeys(notifications=lost)).notifications
            changes = self._changes(now.values())
        self.changing.update(row.id for row, _ in changes)
        return wrote

    def _note(self, changes: Iterable[RowChange]) -> None:
        for row, new in changes:
            self.done.add(row.id)
            if row.state in WAITS and new.state not in WAITS:
                self.ended.add(row.id)


def forget(
    whom: Whom,
    ledger: ForgettingLedger,
    people: ForgettingPeople,
    *,
    at: datetime,
    really: bool = True,
) -> ForgetOutcome:
    """Anonymise the rows, then the records; unless *really*, only count what would be changed.

    Of a customer these are also the rows to their addresses that name no customer; rows of other
    customers stay. May be interrupted and repeated. Raises `LedgerUnavailable`.
    """
    rows = _Rows(whom, ledger, at, really)
    if whom.address:
        rows.addresses.add(whom.address)
    if whom.customer:
        known = people.get({whom.customer}).get(whom.customer)
        rows.addresses |= _contacts(known) if known else set()
    for _ in range(PASSES if really else 1):
        if not rows.pass_once():
            break
    records = _forget_records(whom, people, rows.customers, at=at, really=really)
    kept = people.get({*rows.addresses, *([whom.customer] if whom.customer else [])})
    return ForgetOutcome(
        rows=len(rows.done),
        ended=len(rows.ended),
        records=records,
        before=len(rows.before - rows.done),
        changing=len(rows.changing),
        addresses=tuple(sorted(rows.addresses)),
        kept=tuple(sorted({said for each in kept.values() for said in _refused(each)})),
    )


def _forget_records(
    whom: Whom,
    people: ForgettingPeople,
    customers: AbstractSet[str],
    *,
    at: datetime,
    really: bool,
) -> int:
    """Empty the customer's record, or take the address out of those that have it; return how many."""
    keys = {whom.customer} if whom.customer else set(customers)

    def becoming(known: Person) -> Person:
        if whom.address:
            return without_contact(known, {whom.address})
        return (
            known
            if known.forgotten_at and not known.customer_id
            else forgotten_person(known, at=at)
        )

    known: Mapping[str, Person] = people.get(keys) if keys else {}
    news = {key for key, person in known.items() if becoming(person) != person}
    if really and news:
        people.change(news, becoming)
    return len(news)


def _without_fallback(row: Notification) -> Notification:
    if row.fallback is None or row.fallback.to is None:
        return row
    return replace(
        row, fallback=replace(row.fallback, to=None) if row.fallback.entered_at else None
    )


def _addresses(row: Notification) -> set[str]:
    """Return the hashes of a row's own address and of that of its fallback."""
    own = address_of(row)
    to = row.fallback.to if row.fallback else None
    return {*([own] if own else []), *([address_key(to)] if to else [])}


def _contacts(person: Person) -> set[str]:
    return {address_key(each) for each in (person.email, person.phone) if each}


def _refused(person: Person) -> Iterator[str]:
    yield from (f"{channel}: {why}" for channel, why in person.refusals.items())
    yield from (f"{each.channel}: {each.reason}" for each in person.suppressions.values())
    for channel, said in person.promotions.items():
        if said != AGREED:
            yield f"{channel}, promotional: {said}"
