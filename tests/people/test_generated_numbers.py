"""Numbers of 60 countries, in the forms that people write them, become nobody else's number.

The oracle knows phonenumbers alone: what is written has two readings, as a number of its country and
as digits after a plus, each of today's plan or of an earlier one. One that is valid is read, unless
it is another country's without its plus; where both are, the number is refused.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice

import phonenumbers
import pytest
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from ordercast.people.phone_numbers import e164

SEED = 20261130
NUMBERS = 20_000
COUNTRIES = [
    "AE",
    "AR",
    "AT",
    "AU",
    "BD",
    "BE",
    "BG",
    "BR",
    "CA",
    "CH",
    "CL",
    "CN",
    "CO",
    "CZ",
    "DE",
    "DK",
    "EE",
    "EG",
    "ES",
    "FI",
    "FR",
    "GB",
    "GR",
    "HK",
    "HR",
    "HU",
    "ID",
    "IE",
    "IL",
    "IN",
    "IT",
    "JP",
    "KE",
    "KR",
    "LT",
    "LV",
    "MA",
    "MX",
    "MY",
    "NG",
    "NL",
    "NO",
    "NZ",
    "PE",
    "PH",
    "PK",
    "PL",
    "PT",
    "RO",
    "RS",
    "RU",
    "SA",
    "SE",
    "SG",
    "SI",
    "TH",
    "TR",
    "UA",
    "US",
    "VN",
    "XK",
    "ZA",
][:60]
TYPES = (
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.TOLL_FREE,
)


def formatted(number: PhoneNumber, form: int) -> str:
    return phonenumbers.format_number(number, form)


def national(number: PhoneNumber) -> str:
    return formatted(number, PhoneNumberFormat.NATIONAL)


def significant(number: PhoneNumber) -> str:
    return phonenumbers.national_significant_number(number)


FORMS: dict[str, Callable[[PhoneNumber], str]] = {
    "+46701740605": lambda n: formatted(n, PhoneNumberFormat.E164),
    "+46 70 174 06 05": lambda n: formatted(n, PhoneNumberFormat.INTERNATIONAL),
    "tel:+46-70-174-06-05": lambda n: formatted(n, PhoneNumberFormat.RFC3966),
    "070-174 06 05": national,
    "0701740605": lambda n: "".join(filter(str.isdigit, national(n))),
    "070.174.06.05": lambda n: national(n).replace(" ", ".").replace("-", "."),
    "701740605": significant,
    "46701740605": lambda n: f"{n.country_code}{significant(n)}",
    "46 701740605": lambda n: f"{n.country_code} {significant(n)}",
    "0046701740605": lambda n: f"00{n.country_code}{significant(n)}",
    "+46 (0)701740605": lambda n: f"+{n.country_code} (0){significant(n)}",
    "full width": lambda n: national(n).translate({48 + d: 0xFF10 + d for d in range(10)}),
}


@cache
def examples(country: str) -> list[PhoneNumber]:
    found = [phonenumbers.example_number_for_type(country, each) for each in TYPES]
    return [each for each in found if each]


def generated(chance: random.Random, count: int) -> Iterator[tuple[str, PhoneNumber]]:
    """Yield valid numbers, as many of each country, one country after the other.

    Of its countries at random, phonenumbers would compile its patterns over and over again.
    """
    for country in COUNTRIES:
        for number in islice(numbers_of(country, chance), -(-count // len(COUNTRIES))):
            yield country, number


def numbers_of(country: str, chance: random.Random) -> Iterator[PhoneNumber]:
    """Yield examples of a country with other digits, as far as they are valid."""
    while True:
        example = chance.choice(examples(country))
        digits = [
            chance.choice("0123456789") if place and chance.random() < 0.8 else digit
            for place, digit in enumerate(significant(example))
        ]
        written = f"+{example.country_code}{''.join(digits)}"
        try:
            number = phonenumbers.parse(written, None)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number_for_region(number, country):
            yield number


def valid(written: str, country: str | None) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(written, country)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def one_reading(written: str, country: str) -> str | None:
    """Return the number that is meant; None if two are."""
    digits = phonenumbers.normalize_digits_only(written)
    at_home = valid(written, country) or became(digits, country)
    after_a_plus = None if "+" in written else valid(f"+{digits}", None) or became(digits, None)
    abroad = valid(f"+{digits[2:]}", None) if at_home and digits.startswith("00") else None
    no_zero = valid(written.replace("(0)", ""), country) if "(0)" in written else None
    readings = [each for each in (at_home, after_a_plus, abroad, no_zero) if each]
    if len({formatted(each, PhoneNumberFormat.E164) for each in readings}) > 1:
        plain_mobile = (
            at_home and after_a_plus and is_mobile_without_its_plus(at_home, after_a_plus)
        )
        readings = [after_a_plus] if plain_mobile and after_a_plus else []
    if (
        not at_home
        and after_a_plus
        and phonenumbers.region_code_for_number(after_a_plus) != country
    ):
        return None
    return formatted(readings[0], PhoneNumberFormat.E164) if readings else None


# Country code; digits before the change; digits after it.
EARLIER: dict[str, tuple[int, Callable[[str], str | None]]] = {
    "MX": (52, lambda d: d[-10:] if d[:-10] in ("1", "01", "044", "045") else None),
    "BR": (55, lambda d: f"{d[:2]}9{d[2:]}" if len(d) == 10 and d[2] in "6789" else None),
    "BJ": (229, lambda d: f"01{d}" if len(d) == 8 else None),
    "CI": (
        225,
        lambda d: f"0{'1111555777'[int(d[1])]}{d}" if len(d) == 8 and d[0] not in "123" else None,
    ),
}


def became(digits: str, country: str | None) -> PhoneNumber | None:
    """Return what a number before its country's change is today; without a country, with its code."""
    for each, (code, after) in EARLIER.items():
        abroad = digits.startswith(str(code)) and after(digits.removeprefix(str(code)))
        at_home = each == country and not digits.startswith("00") and after(digits)
        today = abroad or at_home
        if today and (number := valid(f"+{code}{today}", None)):
            return number
    return None


def obsolete(country: str, number: PhoneNumber, chance: random.Random) -> str:
    """Return *number* as it was written before the change."""
    digits = significant(number)
    if country == "MX":
        return f"{chance.choice(('1', '01', '044', '045'))} {digits}"
    return f"({digits[:2]}) {digits[3:]}" if country == "BR" else digits[2:]


def is_mobile_without_its_plus(at_home: PhoneNumber, after_a_plus: PhoneNumber) -> bool:
    """Tell whether digits begin with their own country's code, where a number at home begins with 0.

    Only a landline of fantastic length would be written like this, too: 491716783154.
    """
    return (
        at_home.country_code == after_a_plus.country_code
        and national(at_home).startswith(("0", "(0"))
        and phonenumbers.number_type(at_home) == PhoneNumberType.FIXED_LINE
        and phonenumbers.number_type(after_a_plus) == PhoneNumberType.MOBILE
    )


def test_generated_numbers_are_read_as_their_one_valid_reading_and_as_nobody_else_s() -> None:
    chance = random.Random(SEED)  # noqa: S311
    told: Counter[tuple[str, bool]] = Counter()
    for country, number in generated(chance, NUMBERS):
        form = chance.choice(list(FORMS))
        written = FORMS[form](number)
        read = e164(written, country=country)

        assert one_reading(written, country) == read, (form, country, written)
        assert read in {formatted(number, PhoneNumberFormat.E164), None}, (form, country, written)
        told[form, read is not None] += 1

    assert 60 == len(set(COUNTRIES))
    assert 0 == sum(
        told[form, False] for form in FORMS if form.startswith(("+46 7", "+467", "tel:"))
    )
    # Refused is little of what people write at home.
    assert 0.98 < told["070-174 06 05", True] / (
        told["070-174 06 05", True] + told["070-174 06 05", False]
    )


@pytest.mark.parametrize("country", list(EARLIER))
def test_generated_numbers_of_an_earlier_plan_become_nobody_else_s(country: str) -> None:
    chance = random.Random(SEED)  # noqa: S311
    told: Counter[bool] = Counter()
    for number in islice(numbers_of(country, chance), 500):
        written = obsolete(country, number, chance)
        unchanged = valid(written, country)
        if unchanged or became(phonenumbers.normalize_digits_only(written), country) != number:
            continue  # Landlines of Brazil, for instance.
        read = e164(written, country=country)

        assert one_reading(written, country) == read, written
        assert read in {formatted(number, PhoneNumberFormat.E164), None}, written
        told[read is not None] += 1

    assert told[True]


def test_two_generated_numbers_in_one_field_never_make_a_third() -> None:
    chance = random.Random(SEED)  # noqa: S311
    numbers: defaultdict[str, list[PhoneNumber]] = defaultdict(list)
    for country, number in generated(chance, 1000):
        numbers[country].append(number)
    for _ in range(2000):
        country = chance.choice(COUNTRIES)
        form = FORMS[chance.choice(("070-174 06 05", "0701740605", "701740605", "46701740605"))]
        between = chance.choice((" ", "/", " / ", ", ", "; ", " or ", "\n", "-", " - ", ".", " & "))
        one, other = chance.choice(numbers[country]), chance.choice(numbers[country])
        written = form(one) + between + form(other)

        assert one == other or e164(written, country=country) is None, (country, written)
