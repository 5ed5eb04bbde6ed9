"""Write money, dates and numbers as a reader's locale does, by Babel. Used by the renderer.

Babel is loaded with the first figure: a start that sends nothing does without it.
"""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from ordercast.events.order_event import Money
from ordercast.templates.sms_text import is_gsm_7

if TYPE_CHECKING:
    from babel import Locale
    from babel.numbers import NumberPattern

# ISO 4217 currencies that have no minor unit: 1200 JPY has no cents to show.
_WITHOUT_CENTS = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG"}
    | {"RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"}
)

RULES = 1
"""Raised with each change to this module that makes a figure look different."""


@cache
def formatter() -> str:
    """Name what figures and words are put together with: rules of ours, Babel and Jinja."""
    import babel  # noqa: PLC0415
    import jinja2  # noqa: PLC0415

    return f"{RULES} Babel {babel.__version__} Jinja {jinja2.__version__}"


def amount(money: Money, locale: str, *, for_text: bool) -> str:
    """Return *money* with its currency's own decimals, `1 179,90 kr`; *locale* as Babel names it.

    A text message gets the currency's code where its sign is not in GSM-7: one such sign would
    make the message cost double.
    """
    usual, exact = _decimals(money.currency)
    decimals = usual if _rounded(money, usual) == money.value else exact
    pattern, sign = _pattern(locale, money.currency, decimals, for_text)
    # Without the currency: Babel would look for its names with each amount, and use none.
    written = pattern.apply(_rounded(money, decimals), _locale(locale))
    shown = str(written.replace("¤", sign))
    # Spaces that do not break are not in GSM-7, nor is the Swiss apostrophe.
    return shown.translate(_PLAIN) if for_text else shown


_PLAIN = str.maketrans("\u00a0\u202f\u2019", "  '")


@lru_cache(maxsize=1024)
def day(on: date, locale: str) -> str:
    """Return a date in words, `3. November 2026`; *locale* as Babel names it."""
    from babel.dates import format_date  # noqa: PLC0415

    return format_date(on, "long", locale=_locale(locale))


def plural(number: int, forms: dict[str, str], locale: str) -> str:
    """Return the one of *forms* (`one`, `other` and what else CLDR has) for *number*, with it for `#`."""
    from babel.numbers import format_decimal  # noqa: PLC0415

    found = _locale(locale)
    form = forms.get(found.plural_form(number)) or forms["other"]
    return form.replace("#", format_decimal(number, locale=found))


@lru_cache(maxsize=1024)
def locale_of(locale: str | None, language: str) -> str:
    """Return Babel's name of a reader's BCP 47 *locale*, `sv_FI`, for words in *language*.

    Words and figures are of one language: a reader whose language is not there gets the figures of
    the words that they get.
    """
    from babel.localedata import exists  # noqa: PLC0415

    written = re.split("[-_]", locale or "")
    territory = next((part for part in written[1:] if _TERRITORY.fullmatch(part)), "")
    found = f"{written[0].lower()}_{territory.upper()}"
    same = written[0].lower() == language.partition("-")[0]
    return found if same and territory and exists(found) else language.replace("-", "_")


_TERRITORY = re.compile("[A-Za-z]{2}|[0-9]{3}")


def _rounded(money: Money, decimals: int) -> Decimal:
    return money.value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


@cache
def _decimals(currency: str) -> tuple[int, int]:
    """Return a currency's usual decimals, and those of a value that has more.

    CLDR counts without coins that are out of use, such as the Hungarian fillér: a value that
    has them is shown with them, as ISO 4217 does.
    """
    from babel.numbers import get_currency_precision  # noqa: PLC0415

    usual = get_currency_precision(currency)
    least = 0 if currency in _WITHOUT_CENTS else 3 if currency == "IQD" else 2
    return usual, max(usual, least)


@lru_cache(maxsize=1024)
def _pattern(
    locale: str,
    currency: str,
    decimals: int,
    for_text: bool,  # noqa: FBT001 - a cache's key
) -> "tuple[NumberPattern, str]":
    """Return how a number is written, with `¤` for its sign, and the sign."""
    from babel.numbers import get_currency_symbol, parse_pattern  # noqa: PLC0415

    found = _locale(locale)
    sign = get_currency_symbol(currency, locale=found)
    if sign == "¤" or (for_text and not is_gsm_7(re.sub(r"\s", " ", sign))):
        sign = currency
    written = found.currency_formats["standard"].pattern.replace(
        "0.00", "0." + "0" * decimals if decimals else "0"
    )
    # CLDR's currencySpacing, which Babel leaves out: no letter touches a digit.
    if sign[-1].isalpha():
        written = re.sub("¤(?=[#0])", "¤\u00a0", written)
    if sign[0].isalpha():
        written = re.sub("(?<=[#0])¤", "\u00a0¤", written)
    return parse_pattern(written), sign


@cache
def _locale(name: str) -> "Locale":
    from babel import Locale  # noqa: PLC0415

    return Locale.parse(name)
