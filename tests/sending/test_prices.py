import re
from decimal import Decimal

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.sending.prices import PriceLine, Pricing, Quote, claim_request, price_list
from ordercast.templates.words import Words
from tests.examples import notification

PRICED = sorted(price_list().parts[Channel.SMS])
PRICING = Pricing(factor=Decimal("1.5"), countries=dict.fromkeys(PRICED), email_plan="essentials")
LINES = [
    *(line for lines in price_list().parts.values() for line in lines.values()),
    *(line for plans in price_list().messages.values() for line in plans.values()),
]


def quote(country: str | None, parts: int = 1, channel: Channel = Channel.SMS) -> Quote:
    found = PRICING.quote(channel, country, parts)
    assert found is not None
    return found


def test_a_text_costs_its_parts_with_what_the_carrier_asks_on_top() -> None:
    assert Decimal("0.01002") == quote("US").estimate
    assert Decimal("0.03006") == quote("US", 3).estimate
    assert Decimal("0.05") == quote("AU").estimate


def test_a_text_may_cost_so_many_times_its_list_price_and_no_more() -> None:
    """A receipt of Japan named 0.07451 where the list has 0.06860: it must not fail."""
    assert Decimal("0.10290") == quote("JP").ceiling
    assert Decimal("0.07451") < quote("JP").ceiling
    assert Decimal("0.06860") == quote("JP").estimate


def test_the_ceiling_is_rounded_up_to_what_sns_can_be_told_and_adds_up_by_parts() -> None:
    assert Decimal("0.00492") == quote("IN").ceiling
    pricing = replace(PRICING, factor=Decimal("1.0001"))
    several = pricing.quote(Channel.SMS, "US", 3)
    assert several is not None
    assert 3 * Decimal("0.01003") == several.ceiling


@pytest.mark.parametrize("country", [None, "", "SE", "us", "001"])
def test_a_country_that_the_stage_does_not_list_is_closed(country: str | None) -> None:
    assert PRICING.quote(Channel.SMS, country, 1) is None


def test_a_price_alone_opens_no_country() -> None:
    closed = replace(PRICING, countries={"US": None})

    assert closed.quote(Channel.SMS, "JP", 1) is None
    assert closed.quote(Channel.SMS, "US", 1) is not None


def test_a_named_ceiling_counts_instead_of_the_factor() -> None:
    pricing = replace(PRICING, countries={"JP": Decimal("0.08")})
    found = pricing.quote(Channel.SMS, "JP", 2)

    assert Quote(estimate=Decimal("0.1372"), ceiling=Decimal("0.16")) == found


def test_an_origination_has_the_prices_that_the_stage_names_and_else_those_of_the_list() -> None:
    pricing = replace(PRICING, own={"pool-a": {"US": Decimal("0.02")}})
    row = notification(1, Channel.SMS, country="US")
    requests = [
        claim_request(replace(row, route=route), Words(text="x" * 161), pricing=pricing)
        for route in ("sms-voice/us-east-1/pool-a", "sms-voice/us-east-1/pool-b", None)
    ]

    listed = PRICING.quote(Channel.SMS, "US", 2)
    assert listed is not None
    assert [
        (Decimal("0.04"), Decimal("0.06")),
        *[(listed.estimate, listed.ceiling)] * 2,
    ] == [(each.estimate, each.reserved) for each in requests if each]
    own = pricing.quote(Channel.SMS, "JP", 1, origination="pool-a")
    assert own == PRICING.quote(Channel.SMS, "JP", 1)


def test_a_country_without_a_price_is_expected_to_cost_its_ceiling() -> None:
    """Nothing else is known, and a budget must not be overdrawn."""
    pricing = replace(PRICING, countries={"SE": Decimal("0.08")})

    assert Quote(estimate=Decimal("0.16"), ceiling=Decimal("0.16")) == pricing.quote(
        Channel.SMS, "SE", 2
    )
    unknown = replace(PRICING, countries={"SE": None})
    assert unknown.quote(Channel.SMS, "SE", 2) is None


@pytest.mark.parametrize("country", [None, "US", "SE"])
def test_an_e_mail_costs_the_same_everywhere_whatever_its_length(country: str | None) -> None:
    for parts in (1, 7):
        one = quote(country, parts, Channel.EMAIL)
        assert Decimal("0.00016") == one.estimate == one.ceiling


def test_the_plan_of_the_account_sets_the_price_of_an_e_mail() -> None:
    a_la_carte = replace(PRICING, email_plan="none").quote(Channel.EMAIL, None, 1)

    assert a_la_carte
    assert Decimal("0.00010") == a_la_carte.estimate


@given(st.sampled_from(PRICED), st.integers(1, 50), st.integers(1, 50))
def test_parts_add_up_to_the_last_digit(country: str, one: int, other: int) -> None:
    whole, some, more = (quote(country, parts) for parts in (one + other, one, other))

    assert whole.estimate == some.estimate + more.estimate
    assert whole.ceiling == some.ceiling + more.ceiling


def test_a_text_is_claimed_with_its_parts_its_price_and_its_ceiling() -> None:
    row = notification(channel=Channel.SMS, recipient="+12065550100", country="US")
    one, two = (claim_request(row, Words(text="x" * n), pricing=PRICING) for n in (160, 161))

    assert one
    assert two
    assert (row.id, 1, 2) == (one.id, one.parts, two.parts)
    assert (Decimal("0.01002"), Decimal("0.01503")) == (one.estimate, one.reserved)
    assert (2 * Decimal("0.01002"), 2 * Decimal("0.01503")) == (two.estimate, two.reserved)


def test_an_e_mail_is_claimed_with_a_price_and_no_parts() -> None:
    request = claim_request(notification(), Words(text="x" * 10_000), pricing=PRICING)

    assert request
    assert (None, Decimal("0.00016")) == (request.parts, request.reserved)


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
