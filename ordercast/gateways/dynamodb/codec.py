"""Write values as DynamoDB attributes and read them back, by one table of fields for each item.

Used by the `items` modules beside it: each names an item's attributes once, with their types.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from msgspec import Struct

Attribute = Mapping[str, Any]
"""One attribute value as the API writes it: `{"S": "…"}`."""

Item = Mapping[str, Attribute]
"""An item or a key as the API writes it: `{"pk": {"S": "…"}}`."""


def text(value: str) -> Attribute:
    """Write a string."""
    return {"S": value}


def number(value: int) -> Attribute:
    """Write a whole number."""
    return {"N": str(value)}


def texts(values: Iterable[str]) -> Attribute:
    """Write a list of strings."""
    return {"L": [text(value) for value in values]}


def millis(moment: datetime) -> Attribute:
    """Write an instant: whole milliseconds since 1970."""
    return number((moment - _EPOCH) // _MILLISECOND)


def time_from_millis(value: Attribute) -> datetime:
    """Read an instant that `millis` wrote."""
    return _EPOCH + int(value["N"]) * _MILLISECOND


# Whole numbers all the way: a float loses a millisecond now and then.
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Type(Struct, frozen=True):
    """How a value is written as an attribute, and read back."""

    write: Callable[[Any], Attribute]
    read: Callable[[Attribute], Any]


def text_of(read: Callable[[str], Any], write: Callable[[Any], str] = str) -> Type:
    """Return the type of a value that is stored as a string."""
    return Type(lambda value: text(write(value)), lambda value: read(value["S"]))


def list_of(
    read: Callable[[str], Any],
    into: Callable[[Iterable[Any]], Any] = tuple,
    write: Callable[[Any], str] = str,
) -> Type:
    """Return the type of a collection that is stored as strings; a set is written in order."""
    return Type(
        lambda values: texts(map(write, sorted(values) if into is frozenset else values)),
        lambda value: into(read(each["S"]) for each in value["L"]),
    )


def map_of(value: Type, key: Callable[[str], Any] = str) -> Type:
    """Return the type of a mapping whose keys are strings."""
    return Type(
        lambda entries: {"M": {str(k): value.write(each) for k, each in entries.items()}},
        lambda written: {key(k): value.read(each) for k, each in written["M"].items()},
    )


TEXT = text_of(str)
NUMBER = Type(number, lambda value: int(value["N"]))
DOLLARS = Type(lambda amount: {"N": format(amount, "f")}, lambda value: Decimal(value["N"]))
INSTANT = Type(millis, time_from_millis)
TTL = Type(  # whole seconds, or DynamoDB ignores it
    lambda moment: number(int(moment.timestamp())),
    lambda value: datetime.fromtimestamp(int(value["N"]), UTC),
)


class Fields(Struct, frozen=True):
    """The attributes of an item: field of the value → its type; `named` where the names differ.

    None is never written, nor an empty collection, unless it is one of `always`. What is not
    there keeps the default of the value's class.
    """

    types: Mapping[str, Type]
    named: Mapping[str, str]
    always: frozenset[str]

    @classmethod
    def of(cls, types: Mapping[str, Type], *, always: Iterable[str] = (), **named: str) -> "Fields":
        """Return a table of fields; *named* gives attributes names of their own."""
        return cls(types, {name: named.get(name, name) for name in types}, frozenset(always))

    def write(self, value: object) -> dict[str, Attribute]:
        """Return the attributes of *value*."""
        read = {name: getattr(value, name) for name in self.types}
        return {
            self.named[name]: self.types[name].write(each)
            for name, each in read.items()
            if each is not None and (name in self.always or not _is_empty(each))
        }

    def read(self, item: Item) -> dict[str, Any]:
        """Return the fields that *item* has, as arguments of the value's class."""
        return {
            name: self.types[name].read(item[attribute])
            for name, attribute in self.named.items()
            if attribute in item
        }


def _is_empty(value: object) -> bool:
    return isinstance(value, (tuple, frozenset, Mapping)) and not value


def record_of(kind: Callable[..., Any], types: Mapping[str, Type]) -> Type:
    """Return the type of a dataclass that is stored as a map of its own."""
    fields = Fields.of(types)
    return Type(
        lambda value: {"M": fields.write(value)}, lambda value: kind(**fields.read(value["M"]))
    )
