"""Find the digits in a phone field, and what else stands there. Used to read phone numbers."""

import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum

from ordercast.people.invisible_characters import visible


class NumberProblem(StrEnum):
    """Why a field has no one phone number; each is the rule of a notification, too."""

    NO_NUMBER = "invalid-contact"
    AMBIGUOUS = "ambiguous-number"
    SEVERAL = "several-numbers"
    EXTENSION = "number-with-extension"
    TEXT = "number-with-text"

    @property
    def words(self) -> str:
        """What is wrong, for who wrote the field."""
        return _WORDS[self]


_WORDS = {
    NumberProblem.NO_NUMBER: "no valid number; a national one needs its country",
    NumberProblem.AMBIGUOUS: "not surely a number of its country, for with a plus in front "
    "another one: write it with its plus and country code",
    NumberProblem.SEVERAL: "more than one number: write one",
    NumberProblem.EXTENSION: "a number with an extension, which gets no texts",
    NumberProblem.TEXT: "a number and something else: write the number alone",
}

IsNumber = Callable[[str], bool]

# Letters and signs that are typed as dashes: the Japanese long vowel and its half width, the Korean
# vowel eu, a modifier letter, a bullet, box drawings; U+4E00 is left out, for it is also a one.
_DASHES = frozenset("\u30fc\uff70\u3161\u02d7\u2043\u2500\u2501\u2212\u207b\u23af")
_PUNCTUATION = str.maketrans(
    {
        **dict.fromkeys("\uff0b\ufe62\u207a", "+"),
        **dict.fromkeys("\uff08\ufe59", "("),
        **dict.fromkeys("\uff09\ufe5a", ")"),
        **dict.fromkeys("\uff0e\u00b7\u30fb\uff65\u2024\u2027\u2022", "."),
        **dict.fromkeys("\uff0f\u2044\u2215", "/"),
        "[": "(",
        "]": ")",
        "\t": "  ",  # of a table: two cells
    }
)

_URI = re.compile(r"tel:(?=[+0-9])", re.IGNORECASE)
# A spreadsheet marks text so; a program that took it for a number with a fraction adds the other.
_MARKED, _FRACTION = "'", re.compile(r"(\+?[0-9]{6,})\.0")

_ONE_NUMBER = re.compile(r"[( ]*\+*[0-9 ().\-]+(/[0-9 ().\-]+)?")
_EXTENSION = re.compile(
    r"[0-9) .](;?\s*ext?n?|extension|x|#|,|;|dw|durchwahl|poste|int|anexo|ramal|anknytning)"
    r"[ .:=]*[0-9]{1,7}[^0-9]*$",
    re.IGNORECASE,
)
# What a second number begins with: its plus, or the zero that leads at home or abroad.
_BEGINS = re.compile(r"[ ./]+(?=\(?[+0])|/|  +|\(")
# After these the end alone is enough: 206 555 0100/01.
_BETWEEN_TWO = re.compile(r"/|  |\(")
_REST = 3  # digits, for the end of a second number
_SHORTEST = 7  # digits; less is the end of the same number


def plain_number(written: str) -> str:
    """Return *written* with ASCII for its digits, dashes and brackets, and nothing invisible."""
    shown = visible(written)
    if not shown.isascii():
        shown = "".join([_ascii(each) for each in shown.translate(_PUNCTUATION)])
    shown = _URI.sub("", shown.translate(_PUNCTUATION)).removeprefix(_MARKED)
    fraction = _FRACTION.fullmatch(shown)
    return fraction[1] if fraction else shown


def problem_in(plain: str, is_number: IsNumber) -> NumberProblem | None:
    """Return what stands in the field beside a number, or instead of it; None for one alone.

    *is_number* tells whether a part of the field would be a number by itself: two of them are never
    joined to a third.
    """
    if _ONE_NUMBER.fullmatch(plain):
        return NumberProblem.SEVERAL if _are_several(plain, is_number) else None
    if not any(each.isdigit() for each in plain):
        return NumberProblem.NO_NUMBER
    parts = re.split(r"[^0-9+ ().\-]+", plain)
    if sum(_is_long(part) and is_number(part) for part in parts) > 1:
        return NumberProblem.SEVERAL
    if plain.count("+") > 1:
        return NumberProblem.SEVERAL
    return NumberProblem.EXTENSION if _EXTENSION.search(plain) else NumberProblem.TEXT


def digits_of(written: str) -> str:
    """Return the digits alone."""
    return "".join([each for each in written if each.isdigit()])


def _are_several(plain: str, is_number: IsNumber) -> bool:
    """Tell whether the field is two numbers, or one and the differing end of a second."""
    for cut in _BEGINS.finditer(plain):
        before, after = plain[: cut.start()], plain[cut.end() :]
        if not (_is_long(before) and is_number(before)):
            continue
        if _BETWEEN_TWO.search(cut[0]) or (_is_long(after) and is_number(after)):
            return True
    # Both in full, without zeros: together they are no number, or another one.
    halves = [(plain[: cut.start()], plain[cut.end() :]) for cut in re.finditer(r" +", plain)]
    return not is_number(plain) and any(
        _is_long(part) and is_number(part) and is_number(rest) for part, rest in halves
    )


def begins_with_a_number(plain: str, is_number: IsNumber) -> bool:
    """Tell whether a whole number leads the field, and more than an extension follows it."""
    return any(
        is_number(plain[: cut.start()]) and len(digits_of(plain[cut.end() :])) >= _REST
        for cut in re.finditer(r"[ ./()\-]+", plain)
        if _is_long(plain[: cut.start()])
    )


def _is_long(part: str) -> bool:
    return len(digits_of(part)) >= _SHORTEST


def _ascii(character: str) -> str:
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    if character in _DASHES or unicodedata.category(character) == "Pd":
        return "-"
    return " " if unicodedata.category(character) == "Zs" else character
