"""Read phone numbers as people write them. Used by routing, customers and quiet hours.

A field is read if it has one reading: as a number of its country, or as digits that lost their plus.
"""

from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import PhoneNumberType

from ordercast.people.renumbering import renumbered
from ordercast.people.written_numbers import (
    NumberProblem,
    begins_with_a_number,
    digits_of,
    plain_number,
    problem_in,
)


class NumberKind(StrEnum):
    """Whether a number takes texts: a mobile does, a landline rarely.

    A special number is one that no order text goes to: premium rate, shared cost, toll-free, personal
    (which is forwarded at the caller's cost), pager, company-wide (UAN), voicemail, and all without a
    country, such as satellite phones.
    """

    MOBILE = "mobile"
    LANDLINE = "landline"
    SPECIAL = "special"


class PhoneNumber(NamedTuple):
    """A valid number in E.164, its country (ISO 3166-1) if it has one, and its kind."""

    e164: str
    country: str | None
    kind: NumberKind


_TRUNK_ZERO = "(0)"
_LONGEST_USUAL = 11  # digits after the country code


@lru_cache(maxsize=1024)
def phone_number(
    written: str,
    country: str,
    texts_to: frozenset[str] | None = None,
    *,
    stated: bool = True,
) -> PhoneNumber | NumberProblem:
    """Read a number as people in *country* (ISO 3166-1) write it, or say why it is none.

    Digits without a plus are read as those after a plus where that alone is a valid number, and one
    of *country* if that was *stated* (not the stage's default). If both readings are, there is
    none, unless no text goes to the country of the second: *texts_to* are the countries that they
    go to. Cached: parsing costs more than the rest of the decision.
    """
    number = number_in(written, country, texts_to, stated=stated)
    if isinstance(number, NumberProblem):
        return number
    region = phonenumbers.region_code_for_number(number)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY:
        return PhoneNumber(e164, None, NumberKind.SPECIAL)
    return PhoneNumber(e164, region, _kind(number))


_KINDS = {
    PhoneNumberType.MOBILE: NumberKind.MOBILE,
    # As in North America, where numbers do not tell.
    PhoneNumberType.FIXED_LINE_OR_MOBILE: NumberKind.MOBILE,
    PhoneNumberType.VOIP: NumberKind.MOBILE,
    PhoneNumberType.FIXED_LINE: NumberKind.LANDLINE,
}


def e164(
    phone: str, *, country: str, texts_to: frozenset[str] | None = None, stated: bool = True
) -> str | None:
    """Return *phone* as `phone_number` reads it, in E.164; None if that is no number."""
    number = phone_number(phone, country, texts_to, stated=stated)
    return number.e164 if isinstance(number, PhoneNumber) else None


@lru_cache(maxsize=1024)
def number_in(
    phone: str,
    country: str,
    texts_to: frozenset[str] | None = None,
    *,
    stated: bool = True,
) -> phonenumbers.PhoneNumber | NumberProblem:
    """Return the parsed number, as `phone_number` reads it."""
    plain = plain_number(phone)
    if problem := problem_in(plain, lambda each: _valid(each, country) is not None):
        return problem
    if _TRUNK_ZERO in plain and "+" in plain:
        return _with_or_without_zero(plain, country)
    national, plus = _today(plain, country), _after_a_plus(plain, country)
    if national and plus and national != plus:
        return _one_of(national, plus, plain, texts_to)
    if national and _begins_with_another(national, plain, country):
        return NumberProblem.SEVERAL
    # 00 is how most countries dial abroad, but not this one: who wrote it may mean anything.
    if national or not plus or plain.startswith("00"):
        return national or NumberProblem.NO_NUMBER
    at_home = plus.country_code == phonenumbers.country_code_for_region(country)
    return plus if at_home or not stated else NumberProblem.AMBIGUOUS


def _one_of(
    national: phonenumbers.PhoneNumber,
    plus: phonenumbers.PhoneNumber,
    plain: str,
    texts_to: frozenset[str] | None,
) -> phonenumbers.PhoneNumber | NumberProblem:
    if _lost_its_plus(plain, national, plus):
        return plus
    if texts_to is not None and phonenumbers.region_code_for_number(plus) not in texts_to:
        return national
    return NumberProblem.AMBIGUOUS


def _begins_with_another(joined: phonenumbers.PhoneNumber, plain: str, country: str) -> bool:
    """Tell whether a long number is rather a whole one and the end of a second.

    In Austria and Germany the pattern is loose: 0665 427541 2309 would be a mobile, too.
    """
    digits = phonenumbers.national_significant_number(joined)
    return len(digits) > _LONGEST_USUAL and begins_with_a_number(
        plain, lambda each: _valid(each, country) is not None
    )


def _today(plain: str, country: str | None) -> phonenumbers.PhoneNumber | None:
    """Return the valid number that *plain* is, or what it became by a change of its country."""
    return _valid(plain, country) or renumbered(plain, country)


@lru_cache(maxsize=1024)
def _valid(plain: str, country: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(plain, country)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def _after_a_plus(plain: str, country: str) -> phonenumbers.PhoneNumber | None:
    """Return the reading of digits that lost their plus, or have 00 for it; None if there is none.

    None without a country, too: what its people may mean is not known then. The trap of 00: in
    Colombia 005 is an operator's prefix, so that 0057 and a number there is a Russian number.
    """
    if "+" in plain or country not in phonenumbers.SUPPORTED_REGIONS:
        return None
    return _today(f"+{digits_of(plain).removeprefix('00')}", None)


def _with_or_without_zero(plain: str, country: str) -> phonenumbers.PhoneNumber | NumberProblem:
    """Read +44 (0)20 …; in Italy the zero is part of the number, so that there may be two readings."""
    readings = [_valid(each, country) for each in (plain, plain.replace(_TRUNK_ZERO, ""))]
    found = [each for each in readings if each]
    if not found:
        return NumberProblem.NO_NUMBER
    return found[0] if found[0] == found[-1] else NumberProblem.AMBIGUOUS


def _lost_its_plus(
    plain: str, national: phonenumbers.PhoneNumber, plus: phonenumbers.PhoneNumber
) -> bool:
    """Tell whether nobody in its country would write the *national* reading like this.

    There, a zero leads it, as in Germany, and the digits begin with the country's own code instead:
    of the two, only the second is a mobile number.
    """
    dialled = phonenumbers.format_number(national, phonenumbers.PhoneNumberFormat.NATIONAL)
    return (
        national.country_code == plus.country_code
        and digits_of(dialled) != digits_of(plain)
        and _kind(plus) is NumberKind.MOBILE
        and _kind(national) is not NumberKind.MOBILE
    )


def _kind(number: phonenumbers.PhoneNumber) -> NumberKind:
    return _KINDS.get(phonenumbers.number_type(number), NumberKind.SPECIAL)


@lru_cache(maxsize=1024)
def country_of(number: str) -> str | None:
    """Return the country (ISO 3166-1) of a number in E.164."""
    return phonenumbers.region_code_for_number(phonenumbers.parse(number, None))
