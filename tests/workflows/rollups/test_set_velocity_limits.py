"""An hour's limit is written before it begins, from the same hour of the last seven days."""

from datetime import datetime, timedelta
from decimal import Decimal

from msgspec.structs import replace

from ordercast.budgets.account import moved
from ordercast.budgets.velocity import Velocity
from ordercast.notifications.lifecycle import State
from ordercast.rollups.rollup import hour_of
from ordercast.workflows.reconcile.set_velocity_limits import SetVelocityLimits
from tests.fakes.accounts import FakeAccounts
from tests.fakes.clock import START
from tests.fakes.rollups import FakeRollups
from tests.lines import line
from tests.promises.rollups import count

COMING = START + timedelta(hours=1)
SWEDEN = f"velocity channel=sms country=SE/hour#{hour_of(COMING)}"


def spend(rollups: FakeRollups, at: datetime, usd: str, number: int, country: str = "SE") -> None:
    base = line(number, state=State.SENT)
    bucket = base.bucket._replace(hour=hour_of(at), channel="sms", country=country, shop=None)
    count(rollups, replace(base, bucket=bucket, reserved=Decimal(usd)))


def written(rollups: FakeRollups, accounts: FakeAccounts, floor: str = "20") -> int:
    velocity = Velocity(floor=Decimal(floor), factor=Decimal(5))
    return SetVelocityLimits(
        rollups=rollups, accounts=accounts, velocity=velocity, now=lambda: START
    )()


def week(usd: list[str], country: str = "SE") -> FakeRollups:
    rollups = FakeRollups()
    for back, each in enumerate(usd, start=1):
        spend(rollups, COMING - timedelta(days=back), each, back, country)
        spend(rollups, START - timedelta(days=back), "1000", 100 + back, country)
    return rollups


def test_it_is_a_multiple_of_the_median_of_that_hour() -> None:
    accounts = FakeAccounts()
    assert 1 == written(week(["8", "9", "10", "11", "12", "500", "7"]), accounts)
    assert {SWEDEN: Decimal(50)} == {key: each.left for key, each in accounts.kept.items()}


def test_a_day_without_texts_counts_as_nothing() -> None:
    accounts = FakeAccounts()
    assert 0 == written(week(["500", "500", "500"]), accounts)
    assert {} == accounts.kept


def test_a_limit_below_the_floor_is_left_to_the_floor() -> None:
    accounts = FakeAccounts()
    assert 0 == written(week(["1"] * 7), accounts)
    assert {} == accounts.kept


def test_an_account_that_was_opened_before_keeps_what_is_used() -> None:
    accounts = FakeAccounts()
    rollups = week(["10"] * 7)
    written(rollups, accounts)
    accounts.kept[SWEDEN] = moved(accounts.kept[SWEDEN], {"0": Decimal(3)})
    for number in range(200, 207):
        spend(rollups, COMING - timedelta(days=number - 199), "10", number)
    written(rollups, accounts)

    assert [Decimal(100), Decimal(97)] == [accounts.kept[SWEDEN].limit, accounts.kept[SWEDEN].left]


def test_without_a_floor_nothing_is_read_or_written() -> None:
    accounts = FakeAccounts()
    assert 0 == written(week(["10"] * 7), accounts, floor="0")
    assert [] == accounts.calls
