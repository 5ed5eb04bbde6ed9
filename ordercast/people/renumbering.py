"""Read numbers as they were before their country changed its plan. Used to read phone numbers.

Only where the old form is no valid number any more, and became exactly one new one.
"""

import re
from collections.abc import Iterator

import phonenumbers

# Country code, digits after it before the change, and today. Each is a national plan:
# Mexico, 3 August 2019: 1 before mobile numbers from abroad, and 01, 044 and 045 at home, ended.
# Brazil, 6 November 2016: a 9 leads the eight digits of each mobile number.
# Benin, 30 November 2024: 01 leads each number.
# Côte d'Ivoire, 31 January 2021: the operator's two digits lead, which the second digit tells.
_CHANGES = (
    (52, r"(?:0?1|044|045)(\d{10})", r"\1"),
    (55, r"(\d\d)([6-9]\d{7})", r"\g<1>9\2"),
    (229, r"(\d{8})", r"01\1"),
    (225, r"([04-9][0-3]\d{6})", r"01\1"),
    (225, r"([04-9][4-6]\d{6})", r"05\1"),
    (225, r"([04-9][7-9]\d{6})", r"07\1"),
)


def renumbered(plain: str, country: str | None) -> phonenumbers.PhoneNumber | None:
    """Return today's number of *plain*, an old one as people in *country* wrote it; None for others."""
    try:
        old = phonenumbers.parse(plain, country)
    except phonenumbers.NumberParseException:
        return None
    found = {each.national_number: each for each in _today(old)}
    return next(iter(found.values())) if len(found) == 1 else None


def _today(old: phonenumbers.PhoneNumber) -> Iterator[phonenumbers.PhoneNumber]:
    digits = phonenumbers.national_significant_number(old)
    for code, before, after in _CHANGES:
        if code == old.country_code and re.fullmatch(before, digits):
            number = phonenumbers.parse(f"+{code}{re.sub(before, after, digits)}", None)
            if phonenumbers.is_valid_number(number):
                yield number
