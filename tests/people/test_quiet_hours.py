from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercast.people.person import QuietHours
from ordercast.people.quiet_hours import BOUND, is_time_zone, quiet_until

NIGHT = QuietHours(start=time(21), end=time(8))
NAP = QuietHours(start=time(13), end=time(15))
NEW_YORK = "America/New_York"


def until(
    quiet: QuietHours, zones: str, month: int, day: int, hour: int, minute: int = 0
) -> tuple[int, ...] | None:
    """Return the end of quiet hours; both times are in UTC."""
    now = datetime(2026, month, day, hour, minute, tzinfo=UTC)
    end = quiet_until(quiet, places=[tuple(zones.split())], now=now)
    return (end.month, end.day, end.hour, end.minute) if end else None


@pytest.mark.parametrize(
    ("hour", "end"),
    [
        (20, None),
        (21, (3, 3, 8, 0)),
        (23, (3, 3, 8, 0)),
        (0, (3, 2, 8, 0)),
        (7, (3, 2, 8, 0)),
        (8, None),
    ],
)
def test_a_night_spans_midnight(hour: int, end: tuple[int, ...] | None) -> None:
    assert end == until(NIGHT, "UTC", 3, 2, hour)


def test_quiet_hours_by_day_end_on_the_same_day() -> None:
    assert (3, 2, 15, 0) == until(NAP, "UTC", 3, 2, 14)
    assert until(NAP, "UTC", 3, 2, 16) is None


def test_the_clock_is_the_one_where_they_are() -> None:
    """At 03:00 in London it is 22:00 in New York, and noon in Tokyo."""
    assert (3, 2, 13, 0) == until(NIGHT, NEW_YORK, 3, 2, 3)
    assert until(NIGHT, "Asia/Tokyo", 3, 2, 3) is None


def test_the_night_that_is_an_hour_shorter_ends_by_the_clock_too() -> None:
    """New York puts its clocks forward on 8 March 2026 at 02:00: 08:00 is 12:00 UTC, not 13:00."""
    assert (3, 8, 12, 0) == until(NIGHT, NEW_YORK, 3, 8, 3)
    assert until(NIGHT, NEW_YORK, 3, 8, 12) is None


def test_the_night_that_is_an_hour_longer_ends_by_the_clock_too() -> None:
    """New York puts its clocks back on 1 November 2026 at 02:00."""
    assert (11, 1, 13, 0) == until(NIGHT, NEW_YORK, 11, 1, 2)
    assert (11, 1, 13, 0) == until(NIGHT, NEW_YORK, 11, 1, 12, 59)


def test_an_end_that_the_clock_shows_twice_is_the_second() -> None:
    """Between the two the clock shows quiet hours a second time; they count as quiet too."""
    early = QuietHours(start=time(21), end=time(1, 30))

    assert (11, 1, 6, 30) == until(early, NEW_YORK, 11, 1, 4)
    assert (11, 1, 6, 30) == until(early, NEW_YORK, 11, 1, 6, 10)
    assert until(early, NEW_YORK, 11, 1, 6, 30) is None


def test_an_end_that_the_clock_leaves_out_is_where_it_would_have_been() -> None:
    early = QuietHours(start=time(21), end=time(2, 30))

    assert (3, 8, 7, 30) == until(early, NEW_YORK, 3, 8, 4)


ZONES = st.sampled_from([NEW_YORK, "Europe/Stockholm", "Australia/Lord_Howe", "Asia/Kathmandu"])
QUIET = st.builds(QuietHours, start=st.times(), end=st.times())
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis adds the zone


@given(QUIET, ZONES, INSTANTS)
def test_a_deferred_message_is_due_within_a_day_and_an_hour_and_outside_quiet_hours(
    quiet: QuietHours, zone: str, now: datetime
) -> None:
    end = quiet_until(quiet, places=[(zone,)], now=now)
    shown = now.astimezone(ZoneInfo(zone)).time()
    if end is None:
        spans = quiet.end <= quiet.start
        within = (
            shown >= quiet.start or shown < quiet.end if spans else quiet.start <= shown < quiet.end
        )
        assert not within
    else:
        assert now < end <= now + timedelta(hours=25)


def test_who_may_be_in_several_zones_is_woken_when_it_is_night_in_none() -> None:
    """From 08:00 in Los Angeles, 16:00 UTC, until 21:00 in New York, 02:00 UTC."""
    either = f"{NEW_YORK} America/Los_Angeles"

    assert {
        2: (3, 2, 16, 0),
        12: (3, 2, 16, 0),
        15: (3, 2, 16, 0),
        16: None,
        23: None,
    } == {hour: until(NIGHT, either, 3, 2, hour) for hour in (2, 12, 15, 16, 23)}


def test_a_place_so_wide_that_it_is_always_night_somewhere_says_nothing() -> None:
    world = ("Pacific/Auckland", "Asia/Kolkata", "Europe/London", "America/Los_Angeles")
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)

    assert quiet_until(NIGHT, places=[world, ("Europe/London",)], now=noon) is None
    assert datetime(2026, 3, 2, 13, tzinfo=UTC) == quiet_until(
        NIGHT, places=[world, (NEW_YORK,), ("Europe/London",)], now=noon
    )


NIGHTS = st.builds(
    lambda start, hours: QuietHours(start=time(start), end=time((start + hours) % 24)),
    st.integers(0, 23),
    st.integers(1, 20),
)
PLACES = st.lists(st.lists(ZONES, min_size=1, max_size=4).map(tuple), max_size=2)


@given(NIGHTS, PLACES, ZONES, INSTANTS)
def test_the_wait_is_bounded_and_ends_outside_the_quiet_hours(
    quiet: QuietHours, places: list[tuple[str, ...]], zone: str, now: datetime
) -> None:
    end = quiet_until(quiet, places=[*places, (zone,)], now=now)

    assert end is None or now < end <= now + BOUND
    assert quiet_until(quiet, places=[*places, (zone,)], now=end or now) is None


@pytest.mark.parametrize("name", ["Mars/Olympus", "../etc/passwd", "America", "x" * 5000, ""])
def test_a_name_that_is_no_zone_is_reported(name: str) -> None:
    assert not is_time_zone(name)
    assert is_time_zone(NEW_YORK)
