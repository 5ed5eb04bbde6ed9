"""Write Python values as DynamoDB attribute values. Used for the items of `Change`.

The types are those that boto3's table resources take:
https://docs.aws.amazon.com/boto3/latest/reference/customizations/dynamodb.html
"""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Clamped, Context, Decimal, Inexact, Overflow, Rounded, Underflow
from typing import Any


def attribute_value(value: object) -> dict[str, Any]:
    """Return the value with its type, for instance `{"S": "a"}`.

    Raises TypeError for a type that DynamoDB has no place for, floats among them, and an
    exception of `decimal` for a number of more than 38 digits.
    """
    for types, write in _WRITERS:
        if isinstance(value, types):
            return write(value)
    raise TypeError(f"DynamoDB has no type for {type(value).__name__}")


def _set(values: AbstractSet[object]) -> dict[str, Any]:
    written = [attribute_value(value) for value in values]
    types = {name for each in written for name in each}
    if len(types) != 1 or not types <= {"S", "N", "B"}:
        raise TypeError("a set holds strings, numbers or binary values, and one type of them")
    (name,) = types
    return {f"{name}S": [each[name] for each in written]}


def _number(value: int | Decimal) -> str:
    number = _DYNAMODB.create_decimal(value)
    if not number.is_finite():
        raise TypeError("DynamoDB has neither infinity nor NaN")
    return str(number)


# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
_DYNAMODB = Context(
    Emin=-128, Emax=126, prec=38, traps=[Clamped, Overflow, Inexact, Rounded, Underflow]
)

# A bool is an int too, and a string a sequence: the order matters.
_WRITERS: tuple[tuple[type | tuple[type, ...], Callable[[Any], dict[str, Any]]], ...] = (
    (type(None), lambda _: {"NULL": True}),
    (bool, lambda value: {"BOOL": value}),
    ((int, Decimal), lambda value: {"N": _number(value)}),
    (str, lambda value: {"S": value}),
    ((bytes, bytearray), lambda value: {"B": bytes(value)}),
    (AbstractSet, _set),
    (Mapping, lambda value: {"M": {key: attribute_value(each) for key, each in value.items()}}),
    (Sequence, lambda value: {"L": [attribute_value(each) for each in value]}),
)


def size_in_bytes(attributes: Mapping[str, Mapping[str, Any]]) -> int:
    """Return the size of an item or an image: its names and values.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    Numbers take about a byte for two digits and one more; AWS calls that approximate.
    """
    return sum(len(name.encode()) + _size(value) for name, value in attributes.items())


def _size(attribute: Mapping[str, Any]) -> int:
    ((kind, value),) = attribute.items()
    match kind:
        case "M":
            return 3 + len(value) + size_in_bytes(value)
        case "L":
            return 3 + len(value) + sum(map(_size, value))
        case "SS" | "NS" | "BS":
            return sum(_size({kind[0]: each}) for each in value)
        case "N":
            return (len(Decimal(value).normalize().as_tuple().digits) + 1) // 2 + 1
        case "S" | "B":
            return len(value.encode() if isinstance(value, str) else value)
    return 1
