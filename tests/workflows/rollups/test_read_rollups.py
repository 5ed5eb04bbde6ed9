from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from ordercast.workflows.read_rollups import hours, rollups_between
from tests.fakes.clock import START
from tests.fakes.rollups import FakeRollups
from tests.lines import line
from tests.promises.rollups import count


def test_a_period_takes_the_hours_that_begin_in_it() -> None:
    day = datetime(2026, 3, 2, tzinfo=UTC)

    assert 24 == len(hours(day, day + timedelta(days=1)))
    assert ["2026-03-02T10"] == hours(START, START + timedelta(hours=1))
    assert [] == hours(START, START)


def test_buckets_of_a_period_are_read_and_no_others() -> None:
    rollups = FakeRollups()
    lines = [
        replace(line(n), bucket=line(n).bucket._replace(hour=f"2026-03-02T{n:02}"))
        for n in range(1, 24)
    ]
    count(rollups, *lines)
    day = datetime(2026, 3, 2, tzinfo=UTC)

    found = rollups_between(rollups, day + timedelta(hours=5), day + timedelta(hours=8))

    assert {f"2026-03-02T{n:02}" for n in (5, 6, 7)} == {bucket.hour for bucket in found}
