"""Read a file of customers and check each line. Used by `ordercast customers import`."""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, NoReturn

import msgspec
from msgspec import Meta

from ordercast.errors import Rejected
from ordercast.events.identity import customer_key
from ordercast.events.order_event import Channel
from ordercast.events.order_event_fields import Address, Identifier, in_one_line
from ordercast.events.unreadable_values import invalid_value_in
from ordercast.people.contact import e164, mailbox
from ordercast.people.person import AGREED, Person, QuietHours
from ordercast.people.quiet_hours import is_time_zone
from ordercast.settings.processors import quiet_hours

OPTED_OUT = "opted-out"
"""The default reason of a refusal."""


class CustomerRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line. An unknown field is an error: it might be a misspelt consent or opt-out."""

    customer_id: Identifier
    shop: Identifier | None = None
    email: Address | None = None
    phone: Address | None = None
    country: Annotated[str, Meta(pattern=r"^[A-Z]{2}$(?!\n)")] | None = None
    locale: Annotated[str, Meta(min_length=2, max_length=35)] | None = None
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
    """A line of the file: its number, and the customer or the problem."""

    place: int
    person: Person | None = None
    problem: str | None = None


def customer_lines(content: bytes) -> list[CustomerLine]:
    """Read JSON Lines, each by itself; the last line of a customer counts."""
    lines = enumerate(content.splitlines(), start=1)
    return [_line(place, line) for place, line in lines if line.strip()]


def _line(place: int, line: bytes) -> CustomerLine:
    try:
        return CustomerLine(place=place, person=_person(_row(line)))
    except MalformedCustomer as error:
        return CustomerLine(place=place, problem=str(error))


def _row(line: bytes) -> CustomerRow:
    try:
        return msgspec.json.decode(line, type=CustomerRow)
    except msgspec.ValidationError as error:
        raise MalformedCustomer(in_one_line(error, whole="customer") + _meant(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        fields = CustomerRow.__struct_encode_fields__
        raise MalformedCustomer(invalid_value_in(line, fields=fields) or "not JSON") from None


def _meant(error: msgspec.ValidationError) -> str:
    """Return the known field that an unknown one resembles; its own name may be personal data."""
    _, _, name = str(error).partition("unknown field `")
    alike = get_close_matches(name.rstrip("`"), CustomerRow.__struct_encode_fields__, n=1)
    return "".join(f" ({each} is)" for each in alike)


def _person(row: CustomerRow) -> Person:
    return Person(
        key=customer_key(shop=row.shop, customer_id=row.customer_id),
        customer_id=row.customer_id,
        shop=row.shop,
        email=_email(row.email),
        phone=_phone(row.phone, row.country),
        locale=row.locale,
        country=row.country,
        time_zone=_time_zone(row.time_zone),
        channels=None if row.channels is None else tuple(row.channels),
        consents=frozenset(row.consents),
        refusals=dict.fromkeys(row.opt_outs, OPTED_OUT),
        promotions=dict.fromkeys(row.promotional_consents, AGREED)
        | dict.fromkeys(row.promotional_opt_outs, OPTED_OUT),
        quiet=_quiet(row.quiet_hours),
    )


def _email(written: str | None) -> str | None:
    if not written:
        return None
    return mailbox(written) or _refuse("email", "not one plain address")


def _phone(written: str | None, country: str | None) -> str | None:
    if not written:
        return None
    # A national number needs its country; without one only the international form is valid.
    return e164(written, country=country or "ZZ") or _refuse(
        "phone", "not a number, or it needs its country"
    )


def _time_zone(name: str | None) -> str | None:
    if name is not None and not is_time_zone(name):
        _refuse("time_zone", "not an IANA time zone")
    return name


def _quiet(written: str | None) -> QuietHours | None:
    try:
        return quiet_hours(written or "")
    except ValueError as error:
        return _refuse("quiet_hours", str(error))


def _refuse(field: str, why: str) -> NoReturn:
    raise MalformedCustomer(f"{field}: {why}")
