"""Read an amount of money as shops and serialisers write it. Used by the reading of events.

A number has one reading or none is taken: "1,234.56" and "1.234,56" have one, "1,234" has two, and
so has "1.234" but in a currency of three decimals. A whole number may be in cents, but for one that
is a text with its currency.
"""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from ordercast.events.order_event_fields import MoneyV1
from ordercast.events.reading.spellings import MONEY, sorted_out
from ordercast.events.reading.unread import Unread, shape

# As payment providers write it: 4250 is 42.50 to one and 4250 to another.
_CENTS = "a whole number that may be in cents"
_LIMIT = Decimal(10**12)
_MOST_DECIMALS = 6


def money(value: Any, *, currency: str | None, default_currency: str) -> MoneyV1:  # noqa: ANN401  (any JSON)
    """Return the amount; *currency* is what the event names beside it. Raises `Unread`."""
    if isinstance(value, dict):
        return _of_object(value, currency, default_currency)
    if isinstance(value, str) and (match := _WITH_CURRENCY.fullmatch(value.strip())):
        value, own = match["before"] or match["after"], match["one"] or match["other"]
        return _money(value, code(own))
    _has_one_unit(value, currency)
    return _money(value, currency or default_currency)


def _has_one_unit(value: Any, currency: str | None) -> None:  # noqa: ANN401  (any JSON)
    """Raise `Unread` if *value* is whole, also as 42.0; nothing is nothing in cents, too.

    A text with its currency is the contract's own form.
    """
    if type(value) in {int, float} and value != 0 and value % 1 == 0:
        raise Unread(_CENTS)
    if currency is None and isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        raise Unread(_CENTS)


def code(value: Any) -> str:  # noqa: ANN401  (any JSON)
    """Return a currency's code in capitals. Raises `Unread`."""
    if isinstance(value, str) and re.fullmatch("[A-Za-z]{3}", value.strip()):
        return value.strip().upper()
    raise Unread(f"{shape(value)} as currency")


def number(value: Any, *, in_thousandths: bool = False) -> Decimal:  # noqa: ANN401  (any JSON)
    """Return a number of any JSON type; without *in_thousandths*, "1.234" has two readings.

    Raises `Unread`.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Unread(shape(value))
    if isinstance(value, float):
        # Rounded, because a shop that adds binary fractions sends 59.970000000000006. Adding 0.0
        # removes the sign of -0.0.
        found = Decimal(repr(round(value, _MOST_DECIMALS) + 0.0))
    else:
        found = (
            Decimal(value) if isinstance(value, int) else _of_text(value.strip(), in_thousandths)
        )
    if not (found.is_finite() and abs(found) < _LIMIT):
        raise Unread("a number that is too large")
    if round(found, _MOST_DECIMALS) != found:
        raise Unread(f"a number with more than {_MOST_DECIMALS} decimals")
    return found


def _of_object(written: Mapping[str, Any], beside: str | None, default: str) -> MoneyV1:
    found = sorted_out(written, MONEY)
    if any(len({repr(each.value) for each in twice}) > 1 for twice in found.values()):
        raise Unread("two different values")
    first = {name: each[0].value for name, each in found.items()}
    named = code(first["currency"]) if "currency" in first else beside
    currency = named or default
    if beside and currency != beside:
        raise Unread("two currencies")
    # commercetools: of a price more precise than a cent, the decimals are those of `preciseAmount`.
    units, digits = (
        first.get("precise_amount", first.get("cent_amount")),
        first.get("fraction_digits"),
    )
    if "value" in first:
        _has_one_unit(first["value"], named)
        return _money(first["value"], currency)
    if type(units) is int and type(digits) is int and 0 <= digits <= _MOST_DECIMALS:
        value = number(str(Decimal(units).scaleb(-digits)), in_thousandths=True)
        return MoneyV1(value=f"{value:f}", currency=currency)
    if type(units) is int:
        raise Unread("a number of cents that does not say how many make a whole")
    raise Unread("an object without a value")


def _money(value: Any, currency: str) -> MoneyV1:  # noqa: ANN401
    found = number(value, in_thousandths=currency in _IN_THOUSANDTHS)
    return MoneyV1(value=f"{found:f}", currency=currency)


def _of_text(written: str, in_thousandths: bool) -> Decimal:  # noqa: FBT001
    text = written.replace("\u2212", "-")  # a minus that is not the keyboard's
    match = _BEFORE_THREE.fullmatch(text)
    if match and not (in_thousandths and match[1] == "."):
        which = _MARKS[match[1]]
        raise Unread(f"a number with two readings: its {which} may be of thousands or of decimals")
    if _PLAIN.fullmatch(text):
        return _decimal(text)
    for mark, pattern in _GROUPED.items():
        if pattern.fullmatch(text):
            grouped = text if mark is None else text.replace(mark, "|")
            return _decimal(re.sub("[.,' \u2019\u00a0\u202f]", "", grouped).replace("|", "."))
    raise Unread(f"{shape(written)} that is no amount")


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise Unread("a number that is too large") from None


_WHOLE = re.compile(r"[+-]?0*[1-9][0-9]*")
_PLAIN = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,2})?")
_BEFORE_THREE = re.compile(r"[+-]?[1-9][0-9]{0,2}([.,])[0-9]{3}")
_MARKS = {",": "comma", ".": "point"}
# The currencies of three decimals (ISO 4217).
_IN_THOUSANDTHS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})


def _grouped(marks: str, decimal_mark: str) -> re.Pattern[str]:
    """Return how a number is written whose thousands have one of *marks*, the same throughout.

    Groups may have two digits before the last, as in India.
    """
    groups = rf"[0-9]{{1,3}}(?:(?P<mark>[{marks}])[0-9]{{2,3}}(?:(?P=mark)[0-9]{{2,3}})*)?(?<=[0-9]{{3}})"
    return re.compile(rf"[+-]?(?:{groups}|[0-9]{{1,40}}){decimal_mark}")


_GROUPED: Mapping[str | None, re.Pattern[str]] = {
    ".": _grouped(",' \u2019\u00a0\u202f", r"\.[0-9]{1,40}"),
    ",": _grouped(".' \u2019\u00a0\u202f", ",[0-9]{1,40}"),
    # Two groups or more: "1.234.567" cannot be a decimal.
    None: re.compile(
        r"[+-]?[0-9]{1,3}(?P<mark>[.,' \u2019\u00a0\u202f])[0-9]{3}(?:(?P=mark)[0-9]{3}){0,3}"
    ),
}
_WITH_CURRENCY = re.compile(
    r"(?P<one>[A-Za-z]{3})\s?(?P<before>[+-]?[0-9].*)|(?P<after>[+-]?[0-9].*?)\s?(?P<other>[A-Za-z]{3})"
)
