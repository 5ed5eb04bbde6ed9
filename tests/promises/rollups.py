"""What all rollups promise, in memory or in DynamoDB."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Protocol

from msgspec.structs import replace

from ordercast.budgets.budget import Budget, BudgetPeriod
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import CostSource, Message
from ordercast.rollups.counting import Entry, entries, transactions
from ordercast.rollups.rollup import Amount, CountedVersion, RollupKey, summed
from tests.lines import line


class Rollups(Protocol):
    def counted(self, places: Any) -> dict[str, CountedVersion]: ...
    def commit(self, transactions: Any, *, writer: int) -> list[bool]: ...
    def counted_pages(self, hour: str) -> Iterator[Mapping[str, CountedVersion]]: ...
    def of_hours(self, hours: Any) -> dict[RollupKey, dict[str, Amount]]: ...
    def adjusted(self, keys: Any) -> dict[str, Any]: ...
    def buckets(self, days: Any) -> dict[RollupKey, dict[str, Amount]]: ...


ONE, TWO = line(1), line(2)
HOUR, DAY = ONE.bucket.hour, ONE.bucket.hour[:10]


def sent(number: int = 1, version: int = 2, price: str = "0.0079") -> Any:
    return replace(
        line(
            number,
            state=State.SENT,
            messages={"m-1": Message(state=State.SENT)},
            parts=2,
            estimate=Decimal("0.0066"),
            reserved=Decimal("0.0166"),
            cost=Decimal(price),
            cost_source=CostSource.CARRIER,
        ),
        version=version,
    )


def count(rollups: Rollups, *lines: Any, writer: int = 0) -> list[bool]:
    """Count them as who knows what was counted before."""
    known = rollups.counted({each.id: each.place for each in lines})
    return rollups.commit(transactions(entries(lines, known)), writer=writer)


def counted_of(rollups: Rollups, hour: str) -> dict[str, CountedVersion]:
    """Return what was counted of an hour, all pages of it; none names what another does."""
    pages = list(rollups.counted_pages(hour))
    found = {i: each for page in pages for i, each in page.items()}
    assert len(found) == sum(map(len, pages))
    return found


class RollupsPromises:
    """Mix in, and say with a fixture which `rollups`."""

    def test_what_was_counted_is_found_as_it_was(self, rollups: Rollups) -> None:
        one = sent()

        assert [True] == count(rollups, one, TWO)

        found = rollups.counted({one.id: one.place, "n-unknown": one.place})
        assert {one.id} == found.keys()
        assert 2 == found[one.id].version
        assert summed([found[one.id].contribution]) == summed([e.new for e in entries([one], {})])
        assert {one.id, TWO.id} == counted_of(rollups, HOUR).keys()
        assert {} == counted_of(rollups, "2026-03-02T10")

    def test_rollups_hold_the_sum_of_all_writers(self, rollups: Rollups) -> None:
        for number, price in enumerate(["0.1", "0.1", "0.1"], start=1):
            count(rollups, sent(number, price=price), writer=number)

        (amounts,) = rollups.buckets([DAY]).values()
        assert (3, 6, Decimal("0.3")) == (
            amounts["state#sent"],
            amounts["parts"],
            amounts["carrier"],
        )
        assert {} == rollups.buckets(["2026-03-03"])

    def test_an_hour_is_read_without_its_neighbours(self, rollups: Rollups) -> None:
        later = replace(TWO, bucket=TWO.bucket._replace(hour="2026-03-02T10"))
        count(rollups, ONE, later)

        assert {ONE.bucket} == rollups.of_hours([HOUR]).keys()
        assert {ONE.bucket, later.bucket} == rollups.of_hours([HOUR, "2026-03-02T10"]).keys()
        assert {} == rollups.of_hours(["2026-03-02T11"])

    def test_what_differs_from_what_was_drawn_is_summed_for_each_budget(
        self, rollups: Rollups
    ) -> None:
        """In the transaction that counts it, once a version."""
        day = Budget(period=BudgetPeriod.DAY, limit=Decimal(5), channel="email")
        drawn = replace(sent(price="0.0079"), drawn=Decimal("0.02"))
        one, again = (
            transactions(entries([drawn], rollups.counted({drawn.id: drawn.place})), (day,))
            for _ in range(2)
        )

        assert [True] == rollups.commit(one, writer=1)
        assert [False] == rollups.commit(again, writer=2)
        key = day.account(HOUR)
        assert {key: {HOUR[11:13]: Decimal("-0.0121")}} == rollups.adjusted([key])

    def test_a_newer_version_takes_the_place_of_the_last(self, rollups: Rollups) -> None:
        count(rollups, ONE)
        count(rollups, sent())

        (amounts,) = rollups.buckets([DAY]).values()
        assert {"state#sent": 1} == {n: a for n, a in amounts.items() if n[:6] == "state#"}

    def test_what_is_no_longer_as_assumed_counts_nothing_of_its_transaction(
        self, rollups: Rollups
    ) -> None:
        """Or the batch that comes again would be counted again."""
        first = transactions(entries([ONE, TWO], {}))
        assert [True] == rollups.commit(first, writer=0)

        assert [False] == rollups.commit(first, writer=1)
        again = transactions(entries([line(3), ONE], {}))
        assert [False] == rollups.commit(again, writer=2)

        (amounts,) = rollups.buckets([DAY]).values()
        assert 2 == amounts["state#requested"]
        assert 2 == len(counted_of(rollups, HOUR))

    def test_a_version_is_not_counted_over_a_newer_one(self, rollups: Rollups) -> None:
        count(rollups, sent(version=5))
        stale = Entry(rollup_input=ONE, new=entries([ONE], {})[0].new, last=None)

        assert [False] == rollups.commit(transactions([stale]), writer=0)
        assert 5 == rollups.counted({ONE.id: ONE.place})[ONE.id].version

    def test_rollups_are_kept_apart_by_any_name_a_shop_uses(self, rollups: Rollups) -> None:
        shops = ["a#b", 'a"b', "Café / ☕", "a\\b"]
        lines = [
            replace(line(n), bucket=ONE.bucket._replace(shop=shop, campaign=None))
            for n, shop in enumerate(shops, start=1)
        ]

        count(rollups, *lines)

        assert set(shops) == {bucket.shop for bucket in rollups.buckets([DAY])}

    def test_nothing_to_do_is_nothing(self, rollups: Rollups) -> None:
        assert [] == rollups.commit([], writer=0)
        assert {} == rollups.counted({})

    def test_a_full_transaction_goes_through(self, rollups: Rollups) -> None:
        packed = transactions(entries([line(n) for n in range(1, 131)], {}))

        assert [99, 31] == [len(each.entries) for each in packed]
        assert [True, True] == rollups.commit(packed, writer=3)
        (amounts,) = rollups.buckets([DAY]).values()
        assert 130 == amounts["state#requested"]
