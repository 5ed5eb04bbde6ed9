"""What is known of where somebody is in, the time zones that they may be in out."""

from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

from ordercast.people.contact import number_in
from ordercast.people.quiet_hours import Zones, is_time_zone


def possible_time_zones(
    *,
    named: tuple[str | None, ...],
    phone: str | None,
    country: str | None,
    default_country: str,
    default: str,
) -> Iterator[Zones]:
    """Yield where somebody may be, the most telling first and *default*, a known zone, at last.

    First the zones *named* by themselves, then those that their *phone* number may be in, as
    written in *country*, else in *default_country*; then those of *country*, if anybody said it.
    """
    for name in named:
        if name and is_time_zone(name):
            yield (name,)
    if phone and (zones := _zones_of_number(phone, country or default_country)):
        yield zones
    if country and (zones := _zones_of_country(country)):
        yield zones
    yield (default,)


@lru_cache(maxsize=1024)
def _zones_of_number(phone: str, country: str) -> Zones:
    """Return where *phone* may ring; a mobile number may ring in all of its country.

    Imported here because it reads a table of 3,000 prefixes, and most who start never ask for it.
    """
    from phonenumbers.timezone import time_zones_for_number  # noqa: PLC0415

    number = number_in(phone, country)
    found = time_zones_for_number(number) if number else ()
    return tuple(zone for zone in found if is_time_zone(zone))  # "Etc/Unknown" is none


def _zones_of_country(country: str) -> Zones:
    return _countries().get(country, ())


@lru_cache(maxsize=1)
def _countries() -> dict[str, Zones]:
    found: dict[str, Zones] = {}
    for line in (files("tzdata") / "zoneinfo" / "zone.tab").read_text().splitlines():
        if line and not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            found[country] = (*found.get(country, ()), zone)
    return found
