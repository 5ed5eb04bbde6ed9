"""Read an order event field by field, whatever form each has. Used where it cannot be read at once.

A field that identifies the event is refused; one that addresses the customer, or is only shown, is
left out with a note.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ordercast.countries import country_in
from ordercast.errors import MalformedOrderEvent
from ordercast.events.notes import HELP, Note, kept
from ordercast.events.order_event_fields import ContactV1, ItemV1, OrderEventV1
from ordercast.events.reading import values
from ordercast.events.reading.amounts import code, money
from ordercast.events.reading.instants import instant
from ordercast.events.reading.read_event import ReadEvent
from ordercast.events.reading.spellings import (
    ADDRESSES,
    CONTACT,
    EVENT,
    Written,
    others_for,
    plain,
    sorted_out,
)
from ordercast.events.reading.status_elsewhere import NOT_CERTAIN, status_elsewhere
from ordercast.events.reading.unread import TAKEN, Unread, refusal, shape
from ordercast.events.same_address import same_email, same_phone

Value = TypeVar("Value")
Reader = Callable[[Any], Value]


def read_by_field(document: Mapping[str, Any], *, default_currency: str) -> ReadEvent:
    """Read *document*. Raises `MalformedOrderEvent`, naming the field as its producer wrote it."""
    return _Reading(document, default_currency).event()


@dataclass(slots=True)
class _Reading:
    """The reading of one event field by field."""

    document: Mapping[str, Any]
    default_currency: str
    notes: list[Note] = field(default_factory=list)
    found: dict[str, list[Written]] = field(init=False)

    def __post_init__(self) -> None:
        found = sorted_out(self.document, EVENT)
        written = {
            name: [e for e in each if not values.is_blank(e.value)] for name, each in found.items()
        }
        self.found = {name: each for name, each in written.items() if each}

    def event(self) -> ReadEvent:
        """Read each field: first those that an event is parked for."""
        version = self._identifies("schema_version", values.version)
        order_id = self._identifies("order_id", values.identifier)
        if order_id is None:
            found = self._nothing("nothing", "order_id")
            raise MalformedOrderEvent(refusal("order_id", found, TAKEN["order_id"]))
        identity = {
            "event_id": self._identifies("event_id", values.identifier),
            "shop": self._identifies("shop", values.identifier),
            "status": self._status(),
            "customer_id": self._customer_id(),
            "occurred_at": self._occurred_at(),
        }
        contact = self._contact()
        if identity["customer_id"] is None and not self._names_somebody():
            raise MalformedOrderEvent(self._nobody())
        event = OrderEventV1(
            schema_version=version,
            order_id=order_id,
            contact=contact,
            amount=self._amount(),
            items=self._items(),
            channel=self._helps("channel", values.channel),
            priority=self._helps("priority", values.priority),
            fallback=self._helps("fallback", values.fallback),
            tracking_url=self._helps("tracking_url", values.link),
            campaign=self._helps("campaign", values.identifier),
            **identity,
        )
        links = [each.value for each in self.found.get("tracking_url", ())]
        written = event.tracking_url or next((each for each in links if type(each) is str), None)
        return ReadEvent(event, written, kept(self.notes))

    def _status(self) -> str | None:
        """Read the status; where there is none, nothing else may say one."""
        if "status" not in self.found and (others := status_elsewhere(self.document)):
            raise MalformedOrderEvent(refusal(_names(others), NOT_CERTAIN, TAKEN["status"]))
        return self._identifies("status", values.status, same=str.lower)

    def _names_somebody(self) -> bool:
        """Tell whether there is a contact, or an address beside the order: a country is nobody."""
        contacts = [each.value for each in self.found.get("contact", ())]
        addressed = not self.found.keys().isdisjoint({"contact.email", "contact.phone"})
        return addressed or any(isinstance(each, dict | list) for each in contacts)

    def _identifies(
        self, name: str, read: Reader[Value], *, same: Reader[object] | None = None
    ) -> Value | None:
        """Read a field that the event is refused for."""
        return self._read(name, read, same, _refuse)

    def _helps(
        self, name: str, read: Reader[Value], *, same: Reader[object] | None = None
    ) -> Value | None:
        """Read a field that is left out with a note where it cannot be read."""
        return self._read(name, read, same, self._left_out)

    def _read(
        self,
        name: str,
        read: Reader[Value],
        same: Reader[object] | None,
        spoilt: Callable[[str, str, str], None],
    ) -> Value | None:
        """Read a field; where it cannot be, *spoilt* takes its name, what was found and what is taken."""
        written = self.found.get(name, [])
        try:
            return _one(written, read, same)
        except Unread as unread:
            spoilt(_names(written), unread.found, TAKEN[name])
            return None

    def _left_out(self, name: str, found: str, taken: str) -> None:
        self.notes.append(Note(name, f"left out: found {found}{HELP}{taken}"))

    def _customer_id(self) -> str | None:
        """Read the customer; the number 0 is what shops write for a guest."""
        written = self.found.get("customer_id", [])
        named = [each for each in written if not values.is_guest(each.value)]
        if written and not named:
            self.notes.append(Note(_names(written), "0 is read as a guest without a record"))
        self.found["customer_id"] = named
        return self._identifies("customer_id", values.identifier)

    def _occurred_at(self) -> Any:  # noqa: ANN401  (an instant or None)
        """Read the time; `timestamp` stands for it where it is not there, as in the first shape."""
        if "occurred_at" in self.found and (others := self.found.pop("timestamp", None)):
            self.notes.append(Note(_names(others), "not read: occurred_at says when it happened"))
        elif "timestamp" in self.found:
            self.found["occurred_at"] = self.found.pop("timestamp")
            if "order_id" in (each.name for each in self.found.get("order_id", ())):
                # Not the first shape: it may be a shipper's, of which an event need know nothing.
                return self._helps("occurred_at", instant)
        return self._identifies("occurred_at", instant)

    def _contact(self) -> ContactV1 | None:
        """Read the contact, and the addresses that stand beside the order."""
        merged: dict[str, list[Written]] = {
            name: self.found[name] for name in ADDRESSES if name in self.found
        }
        objects = [each for each in self.found.get("contact", ()) if each.value != []]
        for each in objects:
            if not isinstance(each.value, dict):
                self._left_out(each.name, shape(each.value), TAKEN["contact"])
                continue
            for name, more in sorted_out(each.value, CONTACT, within=f"{each.name}.").items():
                merged[name] = merged.get(name, []) + more
        for name in ADDRESSES:
            merged[name] = self._of_the_contact(name, merged.get(name, []))
        merged = {name: written for name, written in merged.items() if written}
        given = any(isinstance(each.value, dict | list) for each in self.found.get("contact", ()))
        return self._contact_of(merged) if given or merged else None

    def _of_the_contact(self, name: str, written: list[Written]) -> list[Written]:
        """Return what the contact says: a bare `email` beside it may be anybody's."""
        bare = {name, f"{name}code"}
        others = [each for each in written if plain(each.name) in bare]
        named = [each for each in written if "." in each.name]
        if not (others and named):
            return written
        if any(each.value != named[0].value for each in others):
            self.notes.append(Note(_names(others), f"not read: {_names(named)} says it"))
        return [each for each in written if each not in others]

    def _contact_of(self, merged: dict[str, list[Written]]) -> ContactV1:
        self.found |= {f"contact.{name}": written for name, written in merged.items()}
        country = self._helps("contact.country", _country)
        phone = self._helps("contact.phone", values.phone, same=same_phone)
        if country is None and "country" in merged and phone and not phone.strip().startswith("+"):
            # In another country it could be somebody else's number.
            self._left_out(
                _names(merged["phone"]),
                "a number of a country that is not known",
                TAKEN["contact.phone"],
            )
            phone = None
        if country and country not in {each.value for each in merged["country"]}:
            self.notes.append(Note(_names(merged["country"]), f"read as {country}"))
        return ContactV1(
            email=self._helps("contact.email", values.address, same=same_email),
            phone=phone,
            country=country,
            locale=self._helps("contact.locale", values.locale),
            time_zone=self._helps("contact.time_zone", values.time_zone),
        )

    def _amount(self) -> Any:  # noqa: ANN401  (MoneyV1 or None)
        currency = self._helps("currency", code)
        if currency is None and "currency" in self.found:
            return None  # in the stage's currency it would be another amount
        return self._helps(
            "amount",
            lambda v: money(v, currency=currency, default_currency=self.default_currency),
        )

    def _items(self) -> list[Any] | None:
        """Read the items one by one."""
        raw = self._helps("items", values.lines)
        name = _names(self.found.get("items", []))
        if raw and len(raw) > values.MOST_ITEMS:
            self.notes.append(Note(name, f"only the first {values.MOST_ITEMS} are read"))
        read: list[ItemV1] = []
        for place, each in enumerate((raw or ())[: values.MOST_ITEMS]):
            try:
                read.append(values.item(each))
            except Unread as unread:
                self._left_out(f"{name}[{place}]", unread.found, TAKEN["item"])
                continue
            if isinstance(each, dict) and each.get("sku") and read[-1].sku is None:
                self._left_out(f"{name}[{place}].sku", shape(each["sku"]), TAKEN["sku"])
        return [*read] or None

    def _nobody(self) -> str:
        """Say that an event reaches nobody, by the contact that could not be read if there is one."""
        for each in self.found.get("contact", ()):
            return refusal(each.name, shape(each.value), TAKEN["contact"])
        found = self._nothing("nothing, and no contact", "customer_id", "contact")
        return refusal("customer_id", found, TAKEN["customer_id"])

    def _nothing(self, found: str, *fields: str) -> str:
        """Return *found*, and the names by which one of *fields* may be meant."""
        others = " and ".join(others_for(self.document, *fields))
        return f"{found}, but {others}, which may mean something else" if others else found


def _refuse(name: str, found: str, taken: str) -> None:
    raise MalformedOrderEvent(refusal(name, found, taken)) from None


def _one(
    written: list[Written], read: Reader[Value], same: Reader[object] | None = None
) -> Value | None:
    """Read the one value of a field; the same one, as *same* compares, may stand there twice."""
    answers = [read(each.value) for each in written]
    compared = [same(each) for each in answers] if same else answers
    if any(each != compared[0] for each in compared[1:]):
        raise Unread("different values")
    return answers[0] if answers else None


def _names(written: list[Written]) -> str:
    return ", ".join(dict.fromkeys(each.name for each in written))


def _country(value: Any) -> str:  # noqa: ANN401  (any JSON)
    found = country_in(value) if isinstance(value, str) and len(value) <= 64 else None  # noqa: PLR2004
    if found is None:
        raise Unread(f"{shape(value)} that is no country, or two")
    return found
