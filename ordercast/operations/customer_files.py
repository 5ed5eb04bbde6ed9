"""Read a file of customers and check each line. Used by `ordercast customers import`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import msgspec

from ordercast.countries import country_in
from ordercast.errors import Rejected
from ordercast.events.identity import customer_key
from ordercast.events.order_event import Channel
from ordercast.events.order_event_fields import Address, Identifier, in_one_line
from ordercast.events.reading import values
from ordercast.events.reading.unread import TAKEN, Unread, refusal
from ordercast.events.unreadable_values import invalid_value_in
from ordercast.events.wrapping.encodings import utf8
from ordercast.events.wrapping.json_texts import json_texts
from ordercast.people.email_addresses import mailbox
from ordercast.people.person import AGREED, Person, QuietHours
from ordercast.people.phone_numbers import PhoneNumber, phone_number
from ordercast.people.quiet_hours import is_time_zone
from ordercast.settings.processors import quiet_hours

OPTED_OUT = "opted-out"
"""The default reason of a refusal."""

NO_COUNTRY = "no country, or the name of two (take ISO 3166-1: GB)"


class CustomerRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line. An unknown field is an error: it might be a misspelt consent or opt-out."""

    customer_id: Identifier
    shop: Identifier | None = None
    email: Address | None = None
    phone: Address | None = None
    country: Address | None = None
    locale: str | None = None
    time_zone: str | None = None
    channels: list[Channel] | None = None
    consents: list[Channel] = []
    opt_outs: list[Channel] = []
    promotional_consents: list[Channel] = []
    promotional_opt_outs: list[Channel] = []
    quiet_hours: str | None = None


class MalformedCustomer(Rejected):
    """The line is invalid; the message names the field and quotes no value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerLine:
    """A line of the file: its number, and the customer or the problem.

    `left_out` says which fields the customer is read without, and why. They are those that address
    or locate: a line is not refused for them, because its opt-outs would be lost with it.
    """

    place: int
    person: Person | None = None
    problem: str | None = None
    left_out: tuple[str, ...] = ()


def customer_lines(content: bytes, *, texts_to: frozenset[str] | None = None) -> list[CustomerLine]:
    """Read JSON Lines or an array, each customer by itself; the last line of a customer counts.

    *texts_to* are the countries that the stage sends texts to: a number without a plus is hardly
    one of another country (people/phone_numbers.py).
    """
    texts = json_texts(utf8(content))
    return [_line(each.place or each.line, each.content, texts_to) for each in texts]


def _line(place: int, line: bytes, texts_to: frozenset[str] | None) -> CustomerLine:
    left_out: list[str] = []
    try:
        person = _person(_row(line, left_out), left_out, texts_to)
        return CustomerLine(place=place, person=person, left_out=tuple(left_out))
    except MalformedCustomer as error:
        return CustomerLine(place=place, problem=str(error))


def _row(line: bytes, left_out: list[str]) -> CustomerRow:
    try:
        document = msgspec.json.decode(line, type=dict[str, Any])
        return msgspec.convert(_as_events_have_it(document, left_out), CustomerRow)
    except msgspec.ValidationError as error:
        raise MalformedCustomer(in_one_line(error, whole="customer") + _meant(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        fields = CustomerRow.__struct_encode_fields__
        raise MalformedCustomer(invalid_value_in(line, fields=fields) or "not JSON") from None


def _customer_id(value: Any) -> str:  # noqa: ANN401  (any JSON)
    if type(value) is int and value == 0:
        raise Unread("0, which is a guest without a record")
    return values.identifier(value)


_IDS: Mapping[str, Callable[[Any], str]] = {
    "customer_id": _customer_id,
    "shop": values.identifier,
}
_PLACES: Mapping[str, Callable[[Any], str]] = {
    "email": values.address,
    "phone": values.phone,
    "country": values.address,
    "locale": values.locale,
    "time_zone": values.time_zone,
}


def _as_events_have_it(document: dict[str, Any], left_out: list[str]) -> dict[str, Any]:
    """Return a line without what is null or empty, and its texts as those of an event are read."""
    row = {n: v for n, v in document.items() if v is not None and not values.is_blank(v)}
    for name in [each for each in (*_IDS, *_PLACES) if each in row]:
        try:
            row[name] = (_IDS.get(name) or _PLACES[name])(row[name])
        except Unread as unread:
            if name in _IDS:
                found = refusal(name, unread.found, TAKEN[name])
                raise MalformedCustomer(found) from None
            del row[name]
            left_out.append(f"{name}: found {unread.found}: left out")
    return row


def _meant(error: msgspec.ValidationError) -> str:
    """Return the known field that an unknown one resembles; its own name may be personal data."""
    _, _, name = str(error).partition("unknown field `")
    alike = get_close_matches(name.rstrip("`"), CustomerRow.__struct_encode_fields__, n=1)
    return "".join(f" ({each} is)" for each in alike)


def _person(row: CustomerRow, left_out: list[str], texts_to: frozenset[str] | None) -> Person:
    """Return the customer; what is wrong with the other fields is added to *left_out*."""
    country = _read(row, "country", country_in, NO_COUNTRY, left_out)
    return Person(
        key=customer_key(shop=row.shop, customer_id=row.customer_id),
        customer_id=row.customer_id,
        shop=row.shop,
        email=_read(row, "email", mailbox, "not one plain address", left_out),
        phone=_phone(row.phone, country, left_out, texts_to),
        locale=row.locale,
        country=country,
        time_zone=_read(row, "time_zone", _time_zone, "not an IANA time zone", left_out),
        channels=None if row.channels is None else tuple(row.channels),
        consents=frozenset(row.consents),
        refusals=dict.fromkeys(row.opt_outs, OPTED_OUT),
        promotions=dict.fromkeys(row.promotional_consents, AGREED)
        | dict.fromkeys(row.promotional_opt_outs, OPTED_OUT),
        quiet=_quiet(row.quiet_hours),
    )


def _read(
    row: CustomerRow,
    field: str,
    reader: Callable[[str], str | None],
    problem: str,
    left_out: list[str],
) -> str | None:
    written: str | None = getattr(row, field)
    read = reader(written) if written else None
    if written and not read:
        left_out.append(f"{field}: {problem}: left out")
    return read


def _phone(
    written: str | None,
    country: str | None,
    left_out: list[str],
    texts_to: frozenset[str] | None,
) -> str | None:
    if not written:
        return None
    # A national number needs its country; without one only the international form is valid.
    number = phone_number(written, country or "ZZ", texts_to)
    if isinstance(number, PhoneNumber):
        return number.e164
    left_out.append(f"phone: {number.words}: left out")
    return None


def _time_zone(name: str) -> str | None:
    return name if is_time_zone(name) else None


def _quiet(written: str | None) -> QuietHours | None:
    try:
        return quiet_hours(written or "")
    except ValueError as error:
        raise MalformedCustomer(f"quiet_hours: {error}") from error
