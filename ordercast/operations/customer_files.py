"""Read a file of customers and check each line. Used by `ordercast customers import` and `validate`.

An opt-out is never lost because another field is bad: what addresses, locates, is a wish or agrees is
left out by itself, and of a line that is refused the opt-outs are taken all the same. Where a field
is there twice, all its opt-outs count, and of all else only what it says alike.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from ordercast.countries import country_in
from ordercast.errors import Rejected
from ordercast.events.identity import customer_key
from ordercast.events.order_event import Channel
from ordercast.events.reading import values
from ordercast.events.reading.spellings import CUSTOMER, Written, plain, shown
from ordercast.events.reading.unread import TAKEN, Unread, refusal, shape
from ordercast.events.unreadable_values import UNKNOWN_FIELD, Repeated, decoded_with_repetitions
from ordercast.events.wrapping.encodings import utf8
from ordercast.events.wrapping.json_texts import json_texts
from ordercast.operations.customer_channels import Named, channels_named
from ordercast.people.email_addresses import mailbox
from ordercast.people.person import AGREED, Person, QuietHours
from ordercast.people.phone_numbers import PhoneNumber, phone_number
from ordercast.people.quiet_hours import is_time_zone
from ordercast.settings.processors import quiet_hours

Value = TypeVar("Value")

FIELDS = (*dict.fromkeys(CUSTOMER.values()),)

OPTED_OUT = "opted-out"
"""The default reason of a refusal."""

NO_COUNTRY = "no country, or the name of two (take ISO 3166-1: GB)"
DIFFERENT = "different values"
NO_CHANNEL = 'found another than "sms" and "email"'
ONLY_OPT_OUTS = "of this line only the opt-outs are taken"


class MalformedCustomer(Rejected):
    """The line is invalid; the message names the field and quotes no value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerLine:
    """A line of the file: its number, and the customer or the problem.

    `left_out` says which fields the customer is read without, and why. Where there is a problem, a
    `person` has nothing but the opt-outs of the line.
    """

    place: int
    person: Person | None = None
    problem: str | None = None
    left_out: tuple[str, ...] = ()

    def over(self, known: Person) -> Person:
        """Return the record that *known* becomes; its refusals stay.

        The file knows no bounces, and may be from yesterday.
        """
        said = self.person or known
        refused = {c: why for c, why in known.promotions.items() if why != AGREED}
        kept = replace(known, customer_id=said.customer_id, shop=said.shop)
        return replace(
            kept if self.problem else said,
            refusals={**said.refusals, **known.refusals},
            promotions={**(known.promotions if self.problem else {}), **said.promotions, **refused},
        )


def customer_lines(content: bytes, *, texts_to: frozenset[str] | None = None) -> list[CustomerLine]:
    """Read JSON Lines or an array, each customer by itself.

    *texts_to* are the countries that the stage sends texts to: a number without a plus is hardly
    one of another country (people/phone_numbers.py).
    """
    texts = json_texts(utf8(content))
    return [_line(each.place or each.line, each.content, texts_to) for each in texts]


def _line(place: int, line: bytes, texts_to: frozenset[str] | None) -> CustomerLine:
    try:
        reading = _Reading(_document(line), texts_to)
        person = reading.person()
    except MalformedCustomer as error:
        return CustomerLine(place=place, problem=str(error))
    if not reading.problem:
        return CustomerLine(place=place, person=person, left_out=tuple(reading.left_out))
    only = reading.opt_outs(person)
    said = f"{reading.problem}; {ONLY_OPT_OUTS}" if only else reading.problem
    return CustomerLine(place=place, person=only, problem=said)


def _document(line: bytes) -> list[tuple[str, Any]]:
    """Return the fields of a line without what is null or empty, a repeated one each time."""
    try:
        document = decoded_with_repetitions(line)
    except (msgspec.DecodeError, ValueError, RecursionError):
        message = "not JSON"
        raise MalformedCustomer(message) from None
    if not isinstance(document, dict):
        raise MalformedCustomer(refusal("customer", shape(document), "an object"))
    fields = [
        (name, value)
        for name, each in document.items()
        for value in (each.values if isinstance(each, Repeated) else (each,))
    ]
    return [(n, v) for n, v in fields if v is not None and not values.is_blank(v)]


@dataclass(slots=True)
class _Reading:
    """The reading of one line: what is left out of it, and why it is refused but for its opt-outs."""

    fields: list[tuple[str, Any]]
    texts_to: frozenset[str] | None
    left_out: list[str] = field(default_factory=list)
    problem: str | None = None
    row: dict[str, list[Written]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, value in self.fields:
            if known := CUSTOMER.get(plain(name)):
                self.row.setdefault(known, []).append(Written(shown(name, known), value))
            else:
                self.problem = f"customer: {UNKNOWN_FIELD}{_meant(name)}"

    def person(self) -> Person:
        """Return the customer. Raises `MalformedCustomer` where nobody knows whose line it is."""
        customer_id, shop = self._id("customer_id", _customer_id), self._id("shop")
        if customer_id is None:
            raise MalformedCustomer(refusal("customer_id", "nothing", TAKEN["customer_id"]))
        country = self._read("country", _country)
        return Person(
            key=customer_key(shop=shop, customer_id=customer_id),
            customer_id=customer_id,
            shop=shop,
            email=self._read("email", _email),
            phone=self._read("phone", lambda v: _phone(v, country, self.texts_to)),
            locale=self._read("locale", values.locale),
            country=country,
            time_zone=self._read("time_zone", _time_zone),
            channels=self._channels("channels"),
            consents=frozenset(self._channels("consents") or ()),
            refusals=dict.fromkeys(self._opt_outs("opt_outs"), OPTED_OUT),
            promotions=dict.fromkeys(self._channels("promotional_consents") or (), AGREED)
            | dict.fromkeys(self._opt_outs("promotional_opt_outs"), OPTED_OUT),
            quiet=self._read("quiet_hours", _quiet),
        )

    @staticmethod
    def opt_outs(person: Person) -> Person | None:
        """Return the customer with the opt-outs alone; None if there are none."""
        promotions = {c: said for c, said in person.promotions.items() if said != AGREED}
        if not (person.refusals or promotions):
            return None
        return Person(
            key=person.key,
            customer_id=person.customer_id,
            shop=person.shop,
            refusals=person.refusals,
            promotions=promotions,
        )

    def _id(self, name: str, read: Callable[[Any], str] = values.identifier) -> str | None:
        try:
            return self._one(name, read)
        except Unread as unread:
            raise MalformedCustomer(refusal(self._names(name), unread.found, TAKEN[name])) from None

    def _read(self, name: str, read: Callable[[Any], Value]) -> Value | None:
        """Read a field that is left out where it cannot be used."""
        try:
            return self._one(name, read)
        except Unread as unread:
            self._leave_out(name, unread.found)
            return None

    def _one(self, name: str, read: Callable[[Any], Value]) -> Value | None:
        """Read the one value of a field; the same one may be there twice."""
        found = [read(each.value) for each in self.row.get(name, ())]
        if any(each != found[0] for each in found[1:]):
            raise Unread(DIFFERENT)
        return found[0] if found else None

    def _names(self, name: str) -> str:
        """Return a field as the file names it."""
        return ", ".join(dict.fromkeys(each.name for each in self.row.get(name, ()))) or name

    def _leave_out(self, name: str, why: str) -> None:
        self.left_out.append(f"{self._names(name)}: {why}: left out")

    def _channels(self, name: str) -> tuple[Channel, ...] | None:
        """Read what is wished or agreed to: only what nothing contradicts."""
        found = self._read(name, lambda value: channels_named(value, refused=False))
        if found is None:
            return None
        if found.others:
            self._leave_out(name, NO_CHANNEL)
        elif found.said & found.denied:
            self._leave_out(name, DIFFERENT)
        certain = tuple(each for each in Channel if each in found.certain)
        return certain or (None if found.others else ())

    def _opt_outs(self, name: str) -> tuple[Channel, ...]:
        """Read all refusals that are said anywhere; what may be another one is a problem."""
        found = Named()
        for each in self.row.get(name, ()):
            found = found.and_(channels_named(each.value, refused=True))
        if found.others:
            self.problem = f"{self._names(name)}: {NO_CHANNEL}"
        return tuple(each for each in Channel if each in found.said)


def _customer_id(value: Any) -> str:  # noqa: ANN401  (any JSON, here and below)
    if values.is_guest(value):
        raise Unread("0, which is a guest without a record")
    return values.identifier(value)


def _country(value: Any) -> str:  # noqa: ANN401
    if country := country_in(values.address(value)):
        return country
    raise Unread(NO_COUNTRY)


def _email(value: Any) -> str:  # noqa: ANN401
    if address := mailbox(values.address(value)):
        return address
    raise Unread("not one plain address")


def _phone(value: Any, country: str | None, texts_to: frozenset[str] | None) -> str:  # noqa: ANN401
    # A national number needs its country; without one only the international form is valid.
    number = phone_number(values.phone(value), country or "ZZ", texts_to)
    if isinstance(number, PhoneNumber):
        return number.e164
    raise Unread(number.words)


def _time_zone(value: Any) -> str:  # noqa: ANN401
    if is_time_zone(name := values.time_zone(value)):
        return name
    raise Unread("not an IANA time zone")


def _quiet(value: Any) -> QuietHours | None:  # noqa: ANN401
    try:
        return quiet_hours(values.text(value, longest=64))
    except ValueError as error:
        raise Unread(str(error)) from error


def _meant(name: str) -> str:
    """Return the known field that an unknown one resembles; its own name may be personal data."""
    alike = get_close_matches(name, FIELDS, n=1)
    return "".join(f" ({each} is)" for each in alike)
