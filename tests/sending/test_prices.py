import re
from decimal import Decimal

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercast.events.order_event import Channel
from ordercast.sending.prices import PriceLine, estimate, price_list

PRICED = sorted(price_list().parts[Channel.SMS])
LINES = [
    *(line for lines in price_list().parts.values() for line in lines.values()),
    *price_list().messages.values(),
]


def test_a_text_costs_its_parts_with_what_the_carrier_asks_on_top() -> None:
    assert Decimal("0.01002") == estimate(Channel.SMS, "US", 1)
    assert Decimal("0.03006") == estimate(Channel.SMS, "US", 3)
    assert Decimal("0.05") == estimate(Channel.SMS, "AU", 1)


@pytest.mark.parametrize("country", [None, "", "SE", "us", "001"])
def test_an_unknown_price_is_none_and_never_nothing(country: str | None) -> None:
    assert estimate(Channel.SMS, country, 1) is None


@pytest.mark.parametrize("country", [None, "US", "SE"])
def test_an_e_mail_costs_the_same_everywhere_whatever_its_length(country: str | None) -> None:
    assert Decimal("0.0001") == estimate(Channel.EMAIL, country, 1)
    assert Decimal("0.0001") == estimate(Channel.EMAIL, country, 7)


@given(st.sampled_from(PRICED), st.integers(1, 50), st.integers(1, 50))
def test_parts_add_up_to_the_last_digit(country: str, one: int, other: int) -> None:
    def price(parts: int) -> Decimal:
        return estimate(Channel.SMS, country, parts) or Decimal("NaN")

    assert price(one) + price(other) == price(one + other)


def test_every_channel_is_priced_by_part_or_by_message() -> None:
    prices = price_list()

    assert sorted(Channel) == sorted([*prices.parts, *prices.messages])


def test_every_price_says_where_it_is_from_and_how_old_it_is() -> None:
    prices = price_list()

    assert "USD" == prices.currency
    for each in LINES:
        assert re.fullmatch(r"20\d\d(-\d\d){0,2}", each.as_of or prices.as_of)
        assert each.source or prices.source


def test_every_price_is_more_than_nothing_and_less_than_a_slip_of_the_decimal_point() -> None:
    def plausible(price: PriceLine) -> bool:
        return 0 < price.price <= price.total < 1

    assert all(map(plausible, LINES))


def test_every_country_is_one_that_a_number_can_be_in() -> None:
    assert set(PRICED) <= phonenumbers.SUPPORTED_REGIONS
