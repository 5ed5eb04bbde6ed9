"""A shop that has ever had a message stays known, at a write when it is new."""

from datetime import timedelta

from msgspec.structs import replace

from ordercast.rollups.rollup import hour_of
from ordercast.workflows.reconcile.list_shops import MOST_SHOPS, ListShops
from tests.fakes.clock import START
from tests.fakes.rollups import FakeRollups
from tests.fakes.shops import FakeShops
from tests.lines import line
from tests.promises.rollups import count

HOUR = timedelta(hours=1)


def sold(rollups: FakeRollups, number: int, shop: str | None, *, back: timedelta) -> None:
    base = line(number)
    bucket = base.bucket._replace(hour=hour_of(START - back), shop=shop)
    count(rollups, replace(base, bucket=bucket))


def listing(rollups: FakeRollups, shops: FakeShops) -> ListShops:
    return ListShops(rollups=rollups, shops=shops, now=lambda: START)


def test_shops_of_this_hour_and_the_last_are_added_to_those_that_are_known() -> None:
    rollups, shops = FakeRollups(), FakeShops(frozenset({"Books"}))
    for number, (shop, back) in enumerate(
        [("Tea", 0 * HOUR), ("Shoes", HOUR), ("Books", HOUR), (None, HOUR), ("Old", 2 * HOUR)]
    ):
        sold(rollups, number, shop, back=back)

    assert 2 == listing(rollups, shops)()
    assert {"Books", "Tea", "Shoes"} == shops.names


def test_what_is_known_is_not_written_again() -> None:
    rollups, shops = FakeRollups(), FakeShops()
    sold(rollups, 1, "Tea", back=timedelta())

    assert [1, 0] == [listing(rollups, shops)(), listing(rollups, shops)()]
    assert 1 == shops.writes


def test_no_more_names_are_kept_than_fit_into_an_item() -> None:
    rollups = FakeRollups()
    shops = FakeShops(frozenset(f"shop-{n}" for n in range(MOST_SHOPS - 1)))
    sold(rollups, 1, "Tea", back=timedelta())
    sold(rollups, 2, "Books", back=timedelta())

    assert 1 == listing(rollups, shops)()
    assert len(shops.names) == MOST_SHOPS
    assert "Books" in shops.names
