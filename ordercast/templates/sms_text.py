"""Count the parts that a text is billed as, and make it cheaper. Used by templates and the SMS sender."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

from msgspec import Struct


class Encoding(StrEnum):
    """The encoding of a text: one character outside GSM-7 makes all of it UCS-2."""

    GSM_7 = "GSM-7"
    UCS_2 = "UCS-2"


class Parts(Struct, frozen=True, kw_only=True):
    """The parts of a text; `units` are septets in GSM-7, UTF-16 code units in UCS-2."""

    encoding: Encoding
    units: int
    parts: int


def parts(text: str) -> Parts:
    """Count the most parts that *text* may be sent in, after 3GPP TS 23.038 and 23.040.

    Parts end between words, as SNS documents it (API reference: Publish), or within them, which
    never makes more; only a word longer than a part is split. An escape and its character stay in
    one part, and so does what a reader sees as one character (a surrogate pair, a letter with
    accents, a family of emoji). Billed is the carrier's own count, which comes with its receipt.
    """
    encoding = Encoding.GSM_7 if is_gsm_7(text) else Encoding.UCS_2
    limit = _LIMITS[encoding]
    units = sum(_sizes(text, encoding))
    count = 1
    if units > limit.alone:
        count = _fill((list(_unsplit(word, encoding)) for word in _words(text)), limit.joined)
    return Parts(encoding=encoding, units=units, parts=count)


def normalise(text: str, *, whole: str = "") -> str:
    """Return *text* in GSM-7 if no letter changes and no part is added, else unchanged.

    Typographic quotes, dashes, dots and spaces become plain ones; invisible characters are
    removed. A text with a letter outside GSM-7, such as `á` or `ç`, stays unchanged. So does a
    text whose *whole*, its ids and links, is not GSM-7: they must not change, and one such
    character makes the whole text UCS-2 anyway.
    """
    if is_gsm_7(text) or not is_gsm_7(whole):
        return text
    plain = unicodedata.normalize("NFC", text).translate(_PLAIN)
    return plain if is_gsm_7(plain) and parts(plain).parts <= parts(text).parts else text


def is_gsm_7(text: str) -> bool:
    """Tell whether each character of *text* is in GSM-7, its extension included."""
    return _GSM_7.issuperset(text)


def fits(text: str) -> bool:
    """Tell whether SNS accepts *text* in one Publish: at most 1,600 bytes of UTF-8.

    The API reference says characters, the FAQ says bytes; the limit in bytes keeps to both.
    https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
    https://aws.amazon.com/sns/faqs/
    """
    return len(text.encode()) <= _PUBLISH_LIMIT


_PUBLISH_LIMIT = 1600


class _Limit(Struct, frozen=True, kw_only=True):
    """Units in a single part, and in one of several, each with a header of 6 bytes."""

    alone: int
    joined: int


_LIMITS = {
    Encoding.GSM_7: _Limit(alone=160, joined=153),
    Encoding.UCS_2: _Limit(alone=70, joined=67),
}

# 3GPP TS 23.038: the default alphabet by rows; characters of the extension follow an escape.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")
_GSM_7 = _BASIC | _EXTENSION


def _sizes(text: str, encoding: Encoding) -> Iterator[int]:
    if encoding is Encoding.GSM_7:
        return (2 if character in _EXTENSION else 1 for character in text)
    return (2 if character > "\uffff" else 1 for character in text)


def _words(text: str) -> list[str]:
    """Return the words and the white space between them, each character of it by itself."""
    return re.findall(r"\S+|\s", text)


def _unsplit(word: str, encoding: Encoding) -> Iterator[int]:
    """Yield the sizes of what is never split."""
    return _sizes(word, encoding) if encoding is Encoding.GSM_7 else _seen_as_one(word)


def _fill(words: Iterable[Sequence[int]], room: int) -> int:
    """Count the parts of *words*, each given by the sizes of what is never split in it."""
    count, free = 1, room
    for sizes in words:
        if sum(sizes) > free and free < room:
            count, free = count + 1, room
        for size in sizes:
            if size > free:
                count, free = count + 1, room
            free -= size
    return count


# Characters with a plain form that reads the same. Not here, because they have a meaning of their
# own: angle quotes (also arrows), the backtick, the times sign, fractions.
_PLAIN = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u2032", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u2033", '"')
    # Hyphens, dashes, the minus sign.
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
    | {"\u2026": "..."}
    # Tab, and spaces of every width, breaking or not.
    | dict.fromkeys("\t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007", " ")
    | dict.fromkeys("\u2008\u2009\u200a\u202f\u205f\u3000", " ")
    # Soft hyphen, zero-width space, joiners, direction marks, variation selectors: without effect
    # in a text that is otherwise GSM-7.
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufe0e\ufe0f\ufeff")
)


def _seen_as_one(text: str) -> Iterator[int]:
    """Yield the code units of each run that a reader sees as one character.

    After UAX #29's extended grapheme clusters, without its prepended marks and Indic conjuncts.
    A run longer than a part has to be split: its characters are yielded one by one.
    """
    room = _LIMITS[Encoding.UCS_2].joined
    for run in _runs(text):
        sizes = list(_sizes(run, Encoding.UCS_2))
        yield from [sum(sizes)] if sum(sizes) <= room else sizes


def _runs(text: str) -> Iterator[str]:
    run = ""
    for character in text:
        if run and not _belongs(run, character):
            yield run
            run = ""
        run += character
    yield run


_JOINER = "\u200d"
# Combining, although not by category: joiner and non-joiner, vowels of Thai and Lao,
# kana sound marks, the vowels and finals of Hangul, emoji modifiers, tags.
_COMBINING = frozenset(
    "\u200c\u200d\u0e33\u0eb3\uff9e\uff9f"
    + "".join(
        map(chr, [*range(0x1160, 0x1200), *range(0x1F3FB, 0x1F400), *range(0xE0020, 0xE0080)])
    )
)
_FLAG_LETTERS = frozenset(map(chr, range(0x1F1E6, 0x1F200)))


def _belongs(run: str, character: str) -> bool:
    if character in _FLAG_LETTERS:
        return run in _FLAG_LETTERS  # two letters make a flag
    before, kind = run[-1], unicodedata.category(character)
    if character in _COMBINING or kind in {"Mn", "Mc", "Me"}:
        controls = {"Cc", "Cf", "Zl", "Zp"}
        return before in _COMBINING or unicodedata.category(before) not in controls
    # Cn: an emoji newer than this Python.
    return before == _JOINER and kind in {"So", "Sm", "Cn"}
