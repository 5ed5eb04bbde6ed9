"""Write counts, shares, durations and money with their units, for people. Used by tables and the report."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

NONE = "-"
"""An unknown value: not the same as 0."""

CENT = Decimal("0.01")


def count(number: int, thing: str = "") -> str:
    """Return `1,204`, or `1,204 messages`; *thing* is one of them."""
    if not thing:
        return f"{number:,}"
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def rate(a_second: float) -> str:
    """Return units a second, as `1,000` or `0.5`."""
    return f"{a_second:,.1f}".removesuffix(".0")


def sentence(words: str) -> str:
    """Return *words* with a capital letter at the beginning, and no other change."""
    return words[:1].upper() + words[1:]


def percent(share: Decimal | None) -> str:
    """Return a share of 1 as `96.8 %`; 100 % and 0 % are only written for exactly all and none."""
    if share is None:
        return NONE
    hundredths = share * 100
    shown = hundredths.quantize(Decimal("0.1"), ROUND_HALF_UP)
    if shown in {0, 100} and shown != hundredths:
        return "> 99.9 %" if shown else "< 0.1 %"
    return f"{shown} %"


def length(took: timedelta | None) -> str:
    """Return a duration in the largest unit that fits: `850 ms`, `2.3 s`, `4.2 min`."""
    if took is None:
        return NONE
    seconds = took.total_seconds()
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    # By the rounded value: 59.96 s is 1.0 min, never 60.0 s.
    unit, size = next((u, size) for u, size, below in _UNITS if seconds < below - size / 20)
    return f"{seconds / size:.1f} {unit}"


_UNITS = (("s", 1, 60), ("min", 60, 3600), ("h", 3600, 48 * 3600), ("d", 24 * 3600, float("inf")))


def exact(amounts: Iterable[Decimal]) -> list[str]:
    """Return US dollars without rounding, all with the same number of decimal places."""
    listed = list(amounts)
    places = max([2, *(_places(each) for each in listed)])
    return [f"{each:,.{places}f}" for each in listed]


def dollars(amount: Decimal) -> str:
    """Return one amount of US dollars without rounding: `12.30`, `0.01002`."""
    return exact([amount])[0]


def to_the_cent(amount: Decimal) -> str:
    """Return US dollars rounded to the cent: for sums only."""
    return f"{amount.quantize(CENT, ROUND_HALF_UP):,}"


def _places(amount: Decimal) -> int:
    exponent = amount.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
