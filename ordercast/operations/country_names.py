"""Write ordercast/countries.tsv from the Unicode Common Locale Data Repository. Used by `make contract`.

Babel brings the data: codes as its aliases of territories, names by language.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import phonenumbers
from babel import Locale, UnknownLocaleError
from babel.core import get_global

from ordercast.countries import plain

FILE = Path(__file__).resolve().parents[1] / "countries.tsv"

HEADING = """\
# How each country is written: its ISO 3166-1 alpha-2 code, then codes and names without case,
# accents and spaces. From the Unicode CLDR (as Babel brings it) and country_names.py by
# `make contract`: do not edit.
"""

OFFICIAL = ("official", "de_facto_official")

# Groups, parts and inventions of CLDR that ISO 3166-1 does not count as countries.
NO_COUNTRIES = frozenset(
    {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
)

# Whose names of other countries are taken; of its own languages each country's name is, besides.
LANGUAGES = (
    "en",
    "sv",
    "de",
    "fr",
    "es",
    "pt",
    "ja",
    "it",
    "nl",
    "da",
    "nb",
    "fi",
    "pl",
    "cs",
    "el",
    "tr",
    "zh",
    "zh_Hant",
    "ru",
)

# Codes of ISO 3166-1 before a country changed its name: they may mean something else by now.
WITHDRAWN = frozenset(
    ["BUR", "DDR", "FXX", "TMP", "YMD", "ZAR", "230", "249", "278", "280", "720", "736", "886"]
)

# Not in CLDR: usual codes, short and long names, parts of a country, names before a change.
ALSO = {
    "AE": ("UAE",),
    "BA": ("Bosnia",),
    "BN": ("Brunei Darussalam",),
    "BO": ("Bolivia, Plurinational State of",),
    "CD": ("Democratic Republic of the Congo", "Congo, Democratic Republic of the", "DR Congo"),
    "CG": ("Republic of the Congo", "Congo, Republic of the"),
    "CI": ("Ivory Coast",),
    "CN": ("People's Republic of China", "PRC", "Mainland China"),
    "CV": ("Cape Verde",),
    "CZ": ("Czech Republic",),
    "DE": ("Federal Republic of Germany", "BRD"),
    "ES": ("Canary Islands", "IC"),
    "FM": ("Micronesia, Federated States of",),
    "GB": (
        "UK",
        "Great Britain",
        "Britain",
        "England",
        "Scotland",
        "Wales",
        "Northern Ireland",
        "United Kingdom (UK)",
        "United Kingdom of Great Britain and Northern Ireland",
        "Grossbritannien",
        "Großbritannien",
        "Grande-Bretagne",
        "Gran Bretaña",
        "Gran Bretagna",
        "Storbritannien",
        "Groot-Brittannië",
        "Grã-Bretanha",
        "England, UK",
        "Scotland, UK",
    ),
    "GR": ("EL", "Hellas"),
    "HK": ("Hong Kong", "Hongkong", "香港"),
    "IE": ("Republic of Ireland", "Eire"),
    "IR": ("Iran, Islamic Republic of",),
    "KP": ("Korea, Democratic People's Republic of", "DPRK"),
    "KR": ("Korea, Republic of", "Republic of Korea"),
    "LA": ("Lao People's Democratic Republic",),
    "MD": ("Moldova, Republic of", "Republic of Moldova"),
    "MK": ("Macedonia",),
    "MM": ("Burma", "Myanmar"),
    "MO": ("Macau", "Macao", "澳門"),
    "NL": ("Holland",),
    "PS": ("Palestine", "Palestine, State of"),
    "RU": ("Russian Federation",),
    "SE": ("Kingdom of Sweden",),
    "SY": ("Syrian Arab Republic",),
    "SZ": ("Swaziland",),
    "TL": ("East Timor",),
    "TR": ("Turkey",),
    "TW": ("Taiwan, Province of China", "ROC"),
    "TZ": ("Tanzania, United Republic of",),
    "US": ("United States of America", "United States (US)", "U.S. of A.", "USA"),
    "VA": ("Holy See",),
    "VE": ("Venezuela, Bolivarian Republic of",),
    "VG": ("Virgin Islands, British",),
    "VI": ("Virgin Islands, U.S.",),
    "VN": ("Viet Nam",),
}

# Two countries use them, or those who name none.
AMBIGUOUS = ("Congo", "Korea", "Virgin Islands", "Kongo", "n/a")


def table() -> str:
    """Return the text of the file."""
    lines = ["\t".join([code, *written]) for code, written in sorted(_writings().items())]
    return HEADING + "\n".join(lines) + "\n"


def _writings() -> dict[str, list[str]]:
    """Return the plain writings of each country, without those that two share."""
    claims: dict[str, set[str]] = defaultdict(set)
    for code in _codes():
        for each in (code, *_aliases(code), *_names(code), *ALSO.get(code, ())):
            claims[plain(each)].add(code)
    found: dict[str, list[str]] = {code: [] for code in _codes()}
    shared = {plain(each) for each in AMBIGUOUS}
    for written, codes in claims.items():
        # A code is what it is, whatever a name in some language looks like.
        if written in shared or _is_dialled_elsewhere(written, codes):
            continue
        if written.upper() in found:
            found[written.upper()].append(written)
        elif len(codes) == 1:
            found[next(iter(codes))].append(written)
    return found


def _is_dialled_elsewhere(written: str, codes: set[str]) -> bool:
    """Tell whether digits are the dialling code of another country: 250 is France, and Rwanda's."""
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    return written.isdecimal() and not codes <= {*regions.get(int(written), codes)}


def _codes() -> list[str]:
    codes: list[str] = [*Locale("en").territories]
    return sorted(each for each in codes if _COUNTRY.fullmatch(each) and each not in NO_COUNTRIES)


_COUNTRY = re.compile("[A-Z]{2}")


def _aliases(code: str) -> Iterator[str]:
    """Yield the codes of three letters and of three digits."""
    for alias, codes in get_global("territory_aliases").items():
        if codes == [code] and len(alias) == 3 and alias not in WITHDRAWN:  # noqa: PLR2004
            yield alias


def _names(code: str) -> Iterator[str]:
    spoken = get_global("territory_languages").get(code, {})
    own = [each for each, facts in spoken.items() if facts["official_status"] in OFFICIAL]
    for locale in _locales((*LANGUAGES, *own)):
        if name := locale.territories.get(code):
            yield name


def _locales(languages: Iterable[str]) -> Iterator[Locale]:
    for each in languages:
        try:
            yield Locale.parse(each)
        except (UnknownLocaleError, ValueError):
            continue


def main() -> None:
    """Write the file, or check it when asked to."""
    if sys.argv[1:] != ["--check"]:
        FILE.write_text(table(), "utf-8")
    elif FILE.read_text("utf-8") != table():
        sys.exit(f"{FILE.name}: out of date: run `make contract`.")


if __name__ == "__main__":
    main()
