"""What every list of counted notifications promises, in memory or in DynamoDB."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from ordercast.notifications.places import place_of
from ordercast.queries.ports import CountedList
from ordercast.rollups.listed import ListedNotification, ReadUnits, listed_input
from ordercast.rollups.rollup import RollupInput
from tests.lines import line, unattributed_charge
from tests.promises.rollups import Rollups, count, sent

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR, NEXT = "2026-03-02T09", place_of(NINE + timedelta(hours=1))


def at(minute: int, number: int) -> RollupInput:
    """Return what counts of a notification that was accepted in that minute of the hour."""
    return line(number, effective_at=NINE + timedelta(minutes=minute))


def listed(
    lists: CountedList, before: str = NEXT, *, units: ReadUnits | None = None
) -> list[ListedNotification]:
    return list(lists.of_hour(HOUR, before=before, units=units or ReadUnits(most=500)))


class CountedListPromises:
    """Mix in, and say with fixtures which `rollups`, and which `counted_list` of them."""

    def test_an_hour_comes_newest_first_as_it_was_last_counted(
        self, rollups: Rollups, counted_list: CountedList
    ) -> None:
        lines = [at(minute, number) for number, minute in enumerate([5, 40, 0, 59], start=1)]
        count(rollups, *lines, at(60, 9))
        newer = replace(sent(), effective_at=lines[0].effective_at, rule="r")
        count(rollups, newer)

        newest = [lines[3], lines[1], newer, lines[2]]
        assert [listed_input(each) for each in newest] == listed(counted_list)

    def test_a_place_is_where_the_list_goes_on(
        self, rollups: Rollups, counted_list: CountedList
    ) -> None:
        """Each once, those of one instant too."""
        many = [at(n // 3, n) for n in range(1, 150)]
        count(rollups, *many)
        whole = listed(counted_list)

        assert sorted(each.id for each in many) == sorted(each.id for each in whole)
        for place in (0, 1, 60, 147):
            assert whole[place + 1 :] == listed(counted_list, whole[place].place)

    def test_charges_and_corrections_are_no_notifications(
        self, rollups: Rollups, counted_list: CountedList
    ) -> None:
        count(rollups, unattributed_charge("m-1", None, at=NINE))

        assert [] == listed(counted_list)

    def test_the_hours_that_have_any_are_known(
        self, rollups: Rollups, counted_list: CountedList
    ) -> None:
        count(rollups, at(0, 1), at(5 * 60, 2))

        def newest(*lasts: str) -> Sequence[str | None]:
            units = ReadUnits(most=500)
            return [counted_list.newest_hour(each, units=units) for each in lasts]

        assert [HOUR, HOUR, None] == newest(HOUR, "2026-03-02T13", "2026-03-02T08")
        assert ["2026-03-02T14", None, None] == newest(
            "2026-03-02T23", "2026-03-03T23", "2026-03-01T23"
        )

    def test_what_is_read_is_counted(self, rollups: Rollups, counted_list: CountedList) -> None:
        count(rollups, *(at(n % 60, n) for n in range(1, 400)))
        units = ReadUnits(most=500)

        rows = counted_list.of_hour(HOUR, before=NEXT, units=units)
        for _ in range(50):
            next(rows)
        a_page = units.taken
        assert 0 < a_page <= 10
        list(rows)
        assert units.taken > a_page
