"""Texts go only to numbers of a kind that takes them, in countries that the stage has opened."""

import phonenumbers
import pytest
from msgspec.structs import replace
from phonenumbers import PhoneNumberType as Kind

from ordercast.decisions.audience import Policy
from ordercast.decisions.usable_addresses import COUNTRY_CLOSED, NOT_ALLOWED, NUMBER_KIND
from ordercast.events.order_event import Channel
from ordercast.sending.send_rules import NO_CONSENT
from tests.decisions.deciding import rules
from tests.examples import EMAIL, POLICY, person

EVERYWHERE = replace(POLICY, countries=frozenset(phonenumbers.SUPPORTED_REGIONS))
SPECIAL = {
    *(Kind.PREMIUM_RATE, Kind.SHARED_COST, Kind.TOLL_FREE, Kind.PERSONAL_NUMBER),
    *(Kind.PAGER, Kind.UAN, Kind.VOICEMAIL),
}


def rule_for(number: str, policy: Policy = POLICY) -> str | None:
    return rules(policy=policy, channel="sms", contact={"phone": number})[Channel.SMS]


def example(kind: int) -> list[str]:
    """Return an example number of that kind of each country that has one."""
    found = [
        phonenumbers.example_number_for_type(region, kind)
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    ]
    return [
        phonenumbers.format_number(each, phonenumbers.PhoneNumberFormat.E164)
        for each in found
        if each and phonenumbers.number_type(each) == kind
    ]


def test_a_price_or_a_customer_there_opens_no_country() -> None:
    assert COUNTRY_CLOSED == rule_for("+819012345678")
    assert rule_for("+819012345678", replace(POLICY, countries=frozenset({"JP"}))) is None


def test_a_number_with_the_prefix_of_an_open_country_may_be_of_a_closed_one() -> None:
    """Jamaica shares the prefix +1, and its texts cost many times as much."""
    assert COUNTRY_CLOSED == rule_for("+18765550100")


def test_a_closed_country_closes_texts_only() -> None:
    contact = {"phone": "+819012345678", "email": EMAIL}

    assert {Channel.SMS: COUNTRY_CLOSED, Channel.EMAIL: None} == rules(contact=contact)


def test_a_premium_number_is_refused_by_its_kind() -> None:
    """Written as an order once had it, without a consent for anything else."""
    assert NUMBER_KIND == rule_for("+449098790123")
    assert NUMBER_KIND == rule_for("+449098790123", replace(POLICY, allowed=("+1*",)))


@pytest.mark.parametrize("kind", sorted(SPECIAL), ids=phonenumbers.PhoneNumberType.to_string)
def test_no_text_goes_to_a_special_number_of_any_country(kind: int) -> None:
    numbers = example(kind)

    assert numbers
    assert {NUMBER_KIND} == {rule_for(each, EVERYWHERE) for each in numbers}


@pytest.mark.parametrize("number", ["+881612345678", "+870773111632", "+80012345678"])
def test_no_text_goes_to_a_number_without_a_country(number: str) -> None:
    """Satellite phones, and numbers that are free everywhere."""
    assert NUMBER_KIND == rule_for(number, EVERYWHERE)


def test_a_mobile_number_of_every_open_country_gets_texts() -> None:
    assert {None} == {rule_for(each, EVERYWHERE) for each in example(Kind.MOBILE)}


def test_landlines_get_texts_where_the_stage_says_so() -> None:
    landlines = example(Kind.FIXED_LINE)

    assert {NUMBER_KIND} == {rule_for(each, EVERYWHERE) for each in landlines}
    assert {None} == {rule_for(each, replace(EVERYWHERE, landlines=True)) for each in landlines}


def test_numbers_that_are_reserved_for_fiction_get_texts_on_a_stage_of_their_countries() -> None:
    numbers = [f"+12065550{n}" for n in range(100, 200)]
    numbers += [f"+467017406{n:02}" for n in range(5, 100)]
    numbers += [f"+61491570{n}" for n in ("006", "110", "156", "157", "158", "159", "313", "737")]

    assert {None} == {rule_for(each) for each in numbers}


def test_who_has_not_agreed_is_not_told_about_his_number() -> None:
    """The rule that the customer set comes first."""
    known = person(phone="+449098790123")
    asked = rules(known, channel="sms", contact=None, customer_id="c-1")

    assert {Channel.SMS: NO_CONSENT} == asked
    assert NOT_ALLOWED == rule_for("+12065550100", replace(POLICY, allowed=("+46*",)))
