"""Check what is written in the files of templates and brands. Used by lint.

Add a check: a function that yields findings, and a line in `check_words`.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher, get_close_matches
from typing import Any

from ordercast.authoring.catalogue import (
    complete_languages,
    file_of,
    shared_files,
    skeleton_file,
    templates_of,
    words_in,
)
from ordercast.authoring.findings import Fault, Finding
from ordercast.templates.brands import NO_BRAND, Brand
from ordercast.templates.sms_text import Encoding, normalise, parts
from ordercast.templates.sources import (
    DEFAULT_LANGUAGE,
    LAYOUT,
    SKELETONS,
    languages_of,
    skeleton_of,
)

GSM_7_LANGUAGES = frozenset({"da", "de", "en", "fi", "it", "nb", "nl", "no", "sv"})
"""Languages whose every letter is in GSM-7, so that no text in them has to be UCS-2."""


def check_words(brands: Iterable[Brand]) -> Iterator[Finding]:
    """Yield what is wrong in the files of all shops, and in those of each brand."""
    for brand in (NO_BRAND, *brands):
        yield from _strange_files(brand)
        yield from _skeletons(brand)
        yield from _twins(brand)
        yield from _halves(brand)
        for template in (LAYOUT, *templates_of(brand)):
            for language in sorted(languages_of(template, brand)):
                yield from _file(brand, template, language)


def _file(brand: Brand, template: str, language: str) -> Iterator[Finding]:
    where = file_of(brand, f"{template}/{language}.toml")
    try:
        words = words_in(brand, template, language)
        default = words_in(brand, template, DEFAULT_LANGUAGE) or words_in(
            NO_BRAND, template, DEFAULT_LANGUAGE
        )
    except tomllib.TOMLDecodeError as error:
        yield Finding(fault=Fault.BROKEN, where=where, what=f"is no TOML: {error}")
        return
    for key, text in words.items():
        place = f"{where}: {key}"
        if not isinstance(text, str) or not text.strip():
            yield Finding(fault=Fault.BROKEN, where=place, what="must be a text, and not empty")
            continue
        yield from _key(place, key, _keys(brand))
        yield from _unescaped(place, text)
        yield from _copied(place, text, default.get(key), language)
        yield from _dear(place, key, text, language)


def _keys(brand: Brand) -> set[str]:
    """Return the keys that some part of a message has a place for."""
    return {"subject"} | {key for part in SKELETONS for key in places(skeleton_of(part, brand))}


def _key(where: str, key: str, known: set[str]) -> Iterator[Finding]:
    if key not in known | {"footer", "preferences"}:
        (near,) = get_close_matches(key, sorted(known), n=1, cutoff=0)
        what = f"no message has a place for these words; the nearest is {near}"
        yield Finding(fault=Fault.UNKNOWN_WORDS, where=where, what=what)


def _unescaped(where: str, text: str) -> Iterator[Finding]:
    found = _UNESCAPED.search(text)
    if found:
        what = f"`{found[0]}` lets a shop's text become HTML: leave it out"
        yield Finding(fault=Fault.UNESCAPED, where=where, what=what)


_UNESCAPED = re.compile(r"(\||\bfilter\b)\s*safe\b|\bautoescape\s+(?!true\b)\S+", re.IGNORECASE)


def _copied(where: str, text: str, default: object, language: str) -> Iterator[Finding]:
    """One word may be the same in two languages, two hardly are."""
    own = language.partition("-")[0] == DEFAULT_LANGUAGE
    plain = _TAG.sub(" ", text)
    if own or not isinstance(default, str) or len(re.findall(r"[^\W\d_]{2,}", plain)) < _TWO_WORDS:
        return
    alike = SequenceMatcher(None, plain, _TAG.sub(" ", default), autojunk=False).ratio()
    if alike >= _NEARLY_THE_SAME:
        said = "the same as" if text == default else "nearly the same as"
        what = f"is {said} in {DEFAULT_LANGUAGE}: translate it"
        yield Finding(fault=Fault.UNTRANSLATED, where=where, what=what)


_TWO_WORDS = 2
_NEARLY_THE_SAME = 0.9
"""The share of characters that two texts have in common, in order: a translation has about half."""

_TAG = re.compile(r"\{[{%].*?[%}]\}")


def _dear(where: str, key: str, text: str, language: str) -> Iterator[Finding]:
    """One character outside of GSM-7 makes a text twice as dear, and more."""
    if key != "sms":
        return
    said = normalise(_TAG.sub("", text))
    strange = {each for each in said if parts(each).encoding is Encoding.UCS_2}
    letters = {each for each in strange if each.isalpha()}
    if language.partition("-")[0] not in GSM_7_LANGUAGES and letters:
        return  # the language has letters of its own, and the text is UCS-2 anyway
    if strange:
        named = ", ".join(f"{each} (U+{ord(each):04X})" for each in sorted(strange))
        what = f"{named} makes the text UCS-2, 70 characters a part for 160: write it otherwise"
        yield Finding(fault=Fault.UCS_2, where=where, what=what)


def _twins(brand: Brand) -> Iterator[Finding]:
    """Yield what is in the HTML of an e-mail and not in its plain text, and a half without the other."""
    for half, other in (("email.html", "email.txt"), ("email.txt", "email.html")):
        if half in brand.files and other not in brand.files:
            what = f"has no {other} beside it: write one, or leave both to all shops' layout"
            yield Finding(fault=Fault.NO_TWIN, where=file_of(brand, half), what=what)
    missing = places(skeleton_of("email.html", brand)) - places(skeleton_of("email.txt", brand))
    for key in sorted(missing - {"preheader"}):
        what = f"has no place for words.{key}, which email.html has"
        yield Finding(fault=Fault.NO_TWIN, where=skeleton_file(brand, "email.txt"), what=what)


def _skeletons(brand: Brand) -> Iterator[Finding]:
    for part in SKELETONS:
        where, skeleton = skeleton_file(brand, part), skeleton_of(part, brand)
        yield from _unescaped(where, skeleton)
        for tag, key in _WORDS_IN_TAG.findall(skeleton):
            if not re.fullmatch(r"\{\{\s*words\.\w+\s*\}\}", tag):
                what = f"{tag}: only {{{{ words.{key} }}}} is a place for words, with nothing else"
                yield Finding(fault=Fault.BROKEN, where=where, what=what)


_WORDS_IN_TAG = re.compile(r"(\{[{%][^{}]*?\bwords\.(\w+)[^{}]*[%}]\})")


def places(skeleton: str) -> set[str]:
    """Return the keys of the words that a skeleton has a place for."""
    return set(re.findall(r"\{\{\s*words\.(\w+)", skeleton))


def _halves(brand: Brand) -> Iterator[Finding]:
    """Yield what a language lacks: whole files, and keys of a file.

    What all shops share is complete in each language, and so are a brand's own statuses.
    """
    whole = list(brand.statuses) if brand.folder else [LAYOUT, *templates_of(brand)]
    for template in whole:
        default = _keys_of(brand, template, DEFAULT_LANGUAGE)
        for language in complete_languages(brand):
            where, own = f"{template}/{language}.toml", _keys_of(brand, template, language)
            lacks = ", ".join(sorted(default - own)) if own else "everything: the file is missing"
            if lacks:
                what = f"{language} lacks {lacks}"
                fault = Fault.HALF_A_LANGUAGE
                yield Finding(fault=fault, where=file_of(brand, where), what=what)


def _keys_of(brand: Brand, template: str, language: str) -> set[str]:
    try:
        words: Mapping[str, Any] = words_in(brand, template, language)
    except tomllib.TOMLDecodeError:
        return set()
    return set(words)


def _strange_files(brand: Brand) -> Iterator[Finding]:
    """Yield files that nothing reads: a misspelt template, or one that is no status."""
    known = {LAYOUT, *templates_of(brand)}
    for name in brand.files if brand.folder else shared_files():
        folder, _, file = name.rpartition("/")
        good = file in {"brand.toml", *SKELETONS} if not folder else folder in known
        if not good:
            (near,) = get_close_matches(folder, sorted(known), n=1, cutoff=0)
            what = f"nothing reads it; the nearest template is {near}"
            yield Finding(fault=Fault.UNKNOWN_WORDS, where=file_of(brand, name), what=what)
