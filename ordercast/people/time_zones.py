"""List the time zones that a customer may be in. Used for quiet hours and dates."""

from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

from ordercast.people.phone_numbers import number_in
from ordercast.people.quiet_hours import Zones, is_time_zone
from ordercast.people.written_numbers import NumberProblem


def possible_time_zones(
    *,
    named: str | None,
    stated: Zones,
    phone: str | None,
    country: str | None,
    default_country: str,
    default: str,
) -> Iterator[Zones]:
    """Yield the places where a customer may be, the most certain first, *default* last.

    First the zone *named* by the record, then those that the event *stated*; then those of the
    *phone* number, read as written in *country*, else in *default_country*; then those of
    *country*, if it is known.
    """
    if named and is_time_zone(named):
        yield (named,)
    if stated:
        yield stated
    if phone and (
        zones := zones_of_number(phone, country or default_country, stated=bool(country))
    ):
        yield zones
    if country and (zones := zones_of_country(country)):
        yield zones
    yield (default,)


@lru_cache(maxsize=1024)
def zones_of_number(phone: str, country: str, *, stated: bool = True) -> Zones:
    """Return the zones of *phone*, read as written in *country*; a mobile one may be anywhere in it.

    Imported here because it loads a table of 3,000 prefixes that most starts do not need.
    """
    from phonenumbers.timezone import time_zones_for_number  # noqa: PLC0415

    number = number_in(phone, country, stated=stated)
    found = time_zones_for_number(number) if not isinstance(number, NumberProblem) else ()
    return tuple(zone for zone in found if is_time_zone(zone))  # "Etc/Unknown" is none


def zones_of_country(country: str) -> Zones:
    """Return the zones of an ISO 3166-1 *country*, roughly from east to west; none if there is no such."""
    return _countries().get(country, ())


@lru_cache(maxsize=1)
def _countries() -> dict[str, Zones]:
    found: dict[str, Zones] = {}
    for line in (files("tzdata") / "zoneinfo" / "zone.tab").read_text().splitlines():
        if line and not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            found[country] = (*found.get(country, ()), zone)
    return found
