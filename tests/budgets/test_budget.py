"""What a budget covers, in which period."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.budgets.budget import Budget, BudgetPeriod, Limits, Spending, begins, ends
from ordercast.budgets.velocity import Velocity, applying

TEXT = Spending("2026-03-02T09", "sms", "SE", "spring", "Example Tea")
DAY = Budget(period=BudgetPeriod.DAY, limit=Decimal(5))
VELOCITY = Velocity(floor=Decimal(20), factor=Decimal(5))


@pytest.mark.parametrize(
    "scope",
    [{}, {"channel": "sms"}, {"channel": "sms", "country": "SE"}, {"shop": "Example Tea"}],
)
def test_it_covers_what_all_that_it_names_matches(scope: Any) -> None:
    assert replace(DAY, **scope).covers(TEXT)


@pytest.mark.parametrize(
    "scope",
    [{"channel": "sms", "country": "DE"}, {"channel": "email", "country": "SE"}, {"shop": "other"}],
)
def test_it_does_not_cover_what_one_thing_that_it_names_does_not_match(scope: Any) -> None:
    assert not replace(DAY, **scope).covers(TEXT)


def test_its_name_says_what_it_is() -> None:
    assert "all/day" == DAY.id
    assert (
        "channel=sms country=SE/month"
        == replace(DAY, channel="sms", country="SE", period=BudgetPeriod.MONTH).id
    )


@pytest.mark.parametrize(
    ("period", "name", "slot", "slots"),
    [
        (BudgetPeriod.MONTH, "2026-03", "02", 31),
        (BudgetPeriod.DAY, "2026-03-02", "09", 24),
        (BudgetPeriod.HOUR, "2026-03-02T09", "0", 1),
    ],
)
def test_a_message_counts_in_the_period_of_its_hour(
    period: BudgetPeriod, name: str, slot: str, slots: int
) -> None:
    assert (name, slot) == (period.of(TEXT.hour), period.slot(TEXT.hour))
    assert slots == len(period.slots)
    assert slot in period.slots


@pytest.mark.parametrize(
    ("period", "following"),
    [
        ("2026-03-02T09", "2026-03-02T10"),
        ("2026-02-28", "2026-03-01"),
        ("2026-02", "2026-03"),
        ("2026-12", "2027-01"),
        ("2026-12-31T23", "2027-01-01T00"),
    ],
)
def test_a_period_ends_when_the_next_one_begins(period: str, following: str) -> None:
    assert begins(following) == ends(period)


def test_of_one_scope_and_period_there_is_one_budget() -> None:
    limits = Limits(budgets=(DAY,))
    raised = replace(DAY, limit=Decimal(9))

    assert (raised,) == limits.with_budget(raised)
    assert () == limits.without(DAY.id)
    assert 2 == len(limits.with_budget(replace(DAY, period=BudgetPeriod.MONTH)))


def test_a_velocity_limit_is_a_multiple_of_the_usual_hour() -> None:
    week = [Decimal(each) for each in (1, 2, 8, 9, 10, 200, 7)]

    assert 40 == VELOCITY.limit(week)
    assert 20 == VELOCITY.limit([Decimal(1)] * 7)
    assert 20 == VELOCITY.limit([])


def test_texts_count_in_the_hour_of_their_country_and_of_their_shop() -> None:
    country, shop = applying(TEXT, Limits(), VELOCITY)

    assert "velocity channel=sms country=SE/hour" == country.id
    assert VELOCITY.floor == country.limit
    assert "velocity channel=sms shop=Example Tea/hour" == shop.id
    assert () == applying(TEXT._replace(channel="email"), Limits(), VELOCITY)
    assert () == applying(TEXT, Limits(), Velocity(floor=Decimal(0), factor=Decimal(5)))
    assert () == applying(TEXT, Limits(), None)


def test_an_operators_limit_of_an_hour_replaces_the_velocity_limit() -> None:
    own = replace(DAY, period=BudgetPeriod.HOUR, country="SE", limit=Decimal(500))

    assert [own.id, "velocity channel=sms shop=Example Tea/hour"] == [
        each.id for each in applying(TEXT, Limits(budgets=(own,)), VELOCITY)
    ]


def test_a_campaigns_limit_of_an_hour_replaces_no_velocity_limit() -> None:
    """It says nothing of the country: pumping in a campaign would be open."""
    own = replace(DAY, period=BudgetPeriod.HOUR, country="SE", campaign="spring")

    assert "velocity channel=sms country=SE/hour" in {
        each.id for each in applying(TEXT, Limits(budgets=(own,)), VELOCITY)
    }
