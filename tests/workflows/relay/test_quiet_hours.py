"""Quiet hours follow the recipient's own clock, found by record, event, number or country."""

from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from ordercast.notifications.lifecycle import State
from ordercast.people.person import QuietHours
from tests.examples import EMAIL, payload, person
from tests.fakes.world import World

NIGHT = QuietHours(start=time(21), end=time(8))
BOSTON = "+16172340100"


def deferred_until(world: World, hour: int, minute: int = 0, **changes: Any) -> datetime | None:
    """Bring an event at that hour in New York; return until when it waits, None if it does not."""
    new_york = ZoneInfo("America/New_York")
    world.now.at = datetime(2026, 3, 2, hour, minute, tzinfo=new_york).astimezone(UTC)
    world.policy = replace(world.policy, quiet=NIGHT)
    world.relay(payload(**{"channel": "sms", "contact": {"phone": BOSTON}} | changes))
    (row,) = world.rows()
    assert row.state in {State.REQUESTED, State.DEFERRED}
    return row.due_at.astimezone(new_york) if row.due_at and row.rule else None


def hour_of(until: datetime | None) -> int | None:
    return until.hour if until else None


@pytest.mark.parametrize(
    ("hour", "until"), [(3, 8), (7, 8), (8, None), (16, None), (20, None), (21, 8), (23, 8)]
)
def test_a_text_waits_by_the_clock_where_its_number_rings(
    world: World, hour: int, until: int | None
) -> None:
    assert until == hour_of(deferred_until(world, hour, minute=30))


@pytest.mark.parametrize(("hour", "until"), [(3, 11), (9, 11), (11, None), (23, None)])
def test_a_number_of_seattle_is_on_pacific_time(world: World, hour: int, until: int | None) -> None:
    assert until == hour_of(deferred_until(world, hour, contact={"phone": "+12065550100"}))


def test_what_record_and_event_say_of_the_zone_wins_over_the_number(world: World) -> None:
    world.know(person(time_zone="Asia/Tokyo"))
    contact = {"phone": BOSTON, "time_zone": "Europe/London"}

    assert deferred_until(world, 3, contact=contact, customer_id="c-1") is None


def test_the_zone_of_the_event_wins_over_the_number(world: World) -> None:
    contact = {"phone": BOSTON, "time_zone": "Europe/London"}

    assert deferred_until(world, 4, contact=contact) is None


def test_an_e_mail_waits_by_the_clock_where_its_reader_s_number_rings(world: World) -> None:
    contact = {"email": EMAIL, "phone": BOSTON}

    assert 8 == hour_of(deferred_until(world, 7, channel="email", contact=contact))


def test_who_has_no_number_is_where_their_country_is(world: World) -> None:
    contact = {"email": EMAIL, "country": "SE"}

    assert deferred_until(world, 3, channel="email", contact=contact) is None


def test_without_any_known_time_zone_the_stage_s_own_counts(world: World) -> None:
    contact = {"email": EMAIL}

    assert 8 == hour_of(deferred_until(world, 3, channel="email", contact=contact))


def test_a_country_of_many_zones_gets_messages_when_it_is_night_in_none(world: World) -> None:
    """Eight o'clock at the western end, Adak, is one o'clock in New York."""
    contact = {"email": EMAIL, "country": "US"}

    assert 13 == hour_of(deferred_until(world, 9, channel="email", contact=contact))
