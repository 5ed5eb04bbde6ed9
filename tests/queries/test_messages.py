"""Messages are listed newest first, by the page, and never at more than a page may read."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import OrderDetails
from ordercast.queries.message_filter import MessageFilter
from ordercast.queries.messages import Lists, Page, messages
from ordercast.rollups.counting import entries, transactions
from ordercast.rollups.rollup import RollupInput
from ordercast.usage_error import UsageError
from tests.fakes.message_lists import FakeCountedList
from tests.fakes.rollups import FakeRollups
from tests.lines import line

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Stage:
    """A stage of which these were counted."""

    def __init__(self, *lines: RollupInput) -> None:
        rollups = FakeRollups()
        for start in range(0, len(lines), 99):
            news = entries(lines[start : start + 99], {})
            assert all(rollups.commit(transactions(news), writer=0))
        self.counted = FakeCountedList(rollups, [])

    def page(
        self, cursor: str | None = None, *, since: timedelta = DAY, units: float = 500, **asked: Any
    ) -> Page:
        return messages(
            MessageFilter(since=NOON - since, until=NOON, **asked),
            Lists(counted=self.counted, ledger=None),  # type: ignore[arg-type]  # not asked here
            now=NOON,
            cursor=cursor,
            most_units=units,
        )

    def all(self, **asked: Any) -> list[str]:
        """Return all ids, page after page."""
        page = self.page(**asked)
        ids = [row.id for row in page.rows]
        while page.cursor:
            page = self.page(page.cursor, **asked)
            ids += [row.id for row in page.rows]
        return ids


def accepted(number: int, ago: timedelta, **changes: Any) -> RollupInput:
    return line(number, effective_at=NOON - ago, **changes)


def ids(*lines: RollupInput) -> list[str]:
    return [each.id for each in lines]


def test_messages_come_newest_first_over_all_hours_of_the_period() -> None:
    lines = [accepted(n, ago) for n, ago in enumerate([MINUTE, 2 * HOUR, 3 * MINUTE, DAY], start=1)]
    before, now = accepted(8, DAY + MINUTE), accepted(9, timedelta())
    stage = Stage(*lines, before, now)

    assert ids(lines[0], lines[2], lines[1], lines[3]) == stage.all()


def test_pages_name_every_message_once_and_the_last_page_says_so() -> None:
    stage = Stage(*(accepted(n, n * MINUTE / 2) for n in range(1, 300)))
    first = stage.page()

    assert (50, NOON - 25 * MINUTE) == (len(first.rows), first.looked_back_to)
    assert [line(n).id for n in range(1, 300)] == stage.all()
    assert stage.page(since=5 * MINUTE).cursor is None


def test_a_filter_selects_by_all_that_it_names() -> None:
    bucket = line(1).bucket._replace(country="SE", template="delayed", shop="Tea")
    one = replace(accepted(1, MINUTE, state=State.DELIVERED), bucket=bucket, rule="r")
    one = replace(one, bucket=one.bucket._replace(hour="2026-03-02T11"))
    stage = Stage(one, accepted(2, MINUTE))

    asked = {"country": "SE", "template": "delayed", "shop": "Tea", "rule": "r"}
    assert ids(one) == stage.all(states=frozenset({State.DELIVERED}), **asked)
    for name, value in asked.items():
        assert ids(one) == stage.all(**{name: value})
        assert [] == stage.all(**{**asked, name: "other"})
    assert [] == stage.all(states=frozenset({State.SENT}), **asked)


def test_a_shop_of_a_long_name_is_found_by_that_name() -> None:
    name = "Tea " * 60
    one = accepted(1, MINUTE, order=OrderDetails(order_id="o-1", shop=name))

    assert ids(one) == Stage(one, accepted(2, MINUTE)).all(shop=name)


def test_hours_without_messages_are_not_read() -> None:
    stage = Stage(accepted(1, 20 * DAY), accepted(2, 60 * DAY))

    assert ids(line(1), line(2)) == stage.all(since=61 * DAY)
    assert 10 > len(stage.counted.asked)


def test_the_hour_that_a_period_or_a_page_ends_at_is_not_read() -> None:
    """It would cost a query for each shard, and can hold nothing that is meant."""
    stage = Stage(accepted(1, MINUTE), accepted(2, 2 * HOUR))

    stage.page(since=HOUR)
    assert ["2026-03-02T11"] == hours_read(stage)
    stage.counted.asked.clear()
    assert ids(line(2)) == [row.id for row in stage.page("2026-03-02T11:").rows]
    assert "2026-03-02T11" not in hours_read(stage)


def hours_read(stage: Stage) -> list[str]:
    return [hour for hour in stage.counted.asked if len(hour) == len("2026-03-02T11")]


def test_a_rare_filter_stops_at_its_units_and_says_how_far_it_looked() -> None:
    rare = accepted(1, 20 * HOUR, state=State.COMPLAINED)
    stage = Stage(rare, *(accepted(n, n * MINUTE / 2) for n in range(2, 2000)))
    asked: dict[str, Any] = {"states": frozenset({State.COMPLAINED}), "units": 20}

    page = stage.page(**asked)

    assert ((), True) == (page.rows, 20 <= page.units < 30)
    assert NOON - 20 * HOUR < page.looked_back_to < NOON - HOUR
    assert ids(rare) == stage.all(**asked)


def test_a_page_that_finds_no_hour_within_its_units_can_be_gone_on_with() -> None:
    old = accepted(1, 80 * DAY)

    assert ids(old) == Stage(old).all(since=81 * DAY, units=10)


@pytest.mark.parametrize("cursor", ["x", "2026-03-02", "2026-99-02T09:", "2026-03-02|"])
def test_a_cursor_of_another_list_is_refused(cursor: str) -> None:
    with pytest.raises(UsageError, match="cursor"):
        Stage().page(cursor)
