"""The most certain source of a time zone comes first, with every zone that it allows."""

import subprocess
import sys

import pytest

from ordercast.people.time_zones import possible_time_zones

HOME = "America/Chicago"


def candidate_zones(
    named: str | None = None,
    *stated: str,
    phone: str | None = None,
    country: str | None = None,
    default_country: str = "US",
) -> list[tuple[str, ...]]:
    """Return the possible time zones, the most certain first."""
    return list(
        possible_time_zones(
            named=named,
            stated=stated,
            phone=phone,
            country=country,
            default_country=default_country,
            default=HOME,
        )
    )


def test_a_zone_that_is_named_goes_before_the_number_and_the_number_before_the_country() -> None:
    assert [
        ("Asia/Tokyo",),
        ("Europe/London",),
        ("America/Los_Angeles",),
        ("Europe/Stockholm",),
        (HOME,),
    ] == candidate_zones("Asia/Tokyo", "Europe/London", phone="+12065550100", country="SE")


def test_an_unknown_zone_is_none() -> None:
    assert [("Asia/Tokyo",), (HOME,)] == candidate_zones("Mars/Olympus", "Asia/Tokyo")
    assert [(HOME,)] == candidate_zones("Mars/Olympus")


@pytest.mark.parametrize("phone", ["ask at the door", "", "+1 206 555 0100 ext. 5", "+80012345678"])
def test_a_number_that_rings_nowhere_in_particular_says_nothing(phone: str) -> None:
    assert [("Europe/Stockholm",), (HOME,)] == candidate_zones(phone=phone, country="SE")


def test_a_number_is_read_as_it_is_written_at_home() -> None:
    assert [("Europe/Stockholm",)] * 2 + [(HOME,)] == candidate_zones(
        phone="070-174 06 05", country="SE"
    )
    assert [("Europe/Stockholm",), (HOME,)] == candidate_zones(
        phone="070-174 06 05", default_country="SE"
    )


def test_a_mobile_number_may_ring_in_all_of_its_country() -> None:
    (anywhere, home) = candidate_zones(phone="+61491570156")

    assert {"Australia/Sydney", "Australia/Perth"} < set(anywhere)
    assert (HOME,) == home


def test_a_country_is_all_of_its_zones_and_an_unknown_one_none() -> None:
    (anywhere, _) = candidate_zones(country="US")

    assert {"America/New_York", "Pacific/Honolulu"} < set(anywhere)
    assert [(HOME,)] == candidate_zones(country="XX")


def test_the_stage_s_country_says_nothing_of_where_somebody_is() -> None:
    assert [(HOME,)] == candidate_zones(default_country="SE")


def test_the_table_of_numbers_is_read_when_somebody_asks_for_it_and_not_before() -> None:
    code = (
        "import sys, processors.order_relay, processors.sms_sender, processors.sweeper\n"
        "assert 'phonenumbers.tzdata' not in sys.modules\n"
        "from tests.people.test_time_zones import candidate_zones\n"
        "assert candidate_zones('Asia/Tokyo') and 'phonenumbers.tzdata' not in sys.modules\n"
        "assert candidate_zones(phone='+12065550100') and 'phonenumbers.tzdata' in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr
