"""Of the routes that are open and deliver well enough the cheapest is chosen; with too few samples the stage's own."""

from collections import Counter
from decimal import Decimal

import pytest
from msgspec.structs import replace

from ordercast.events.order_event import Channel, Priority
from ordercast.notifications.route_reason import RouteReason
from ordercast.notifications.route_scores import RouteScore, RouteScores
from ordercast.sending.choice_by_cost import CostPolicy
from ordercast.sending.routes import Route, RouteChoice, Routes, choose, home_route
from tests.examples import notification

HOME = home_route(Channel.SMS, "eu-west-1")
DEAR, MIDDLE, CHEAP = (
    Route(provider="sms-voice", region="eu-west-1", origination=each)
    for each in ("DEAR", "MIDDLE", "CHEAP")
)
PRICES = {DEAR: Decimal("0.05"), MIDDLE: Decimal("0.04"), CHEAP: Decimal("0.03")}
POLICY = CostPolicy(
    price=lambda route, country: PRICES.get(route) if country == "GB" else None,
    at_least=lambda row: 90 if row.template == "review" else 95,
    samples=200,
    trial=0,
)
ROUTES = Routes(
    home=HOME,
    usual=HOME,
    by_country={"GB": DEAR},
    more_by_country={"GB": (MIDDLE, CHEAP)},
    by_cost=POLICY,
)
TEXT = notification(1, Channel.SMS, country="GB")


def scores(**percents: int) -> RouteScores:
    """Return scores of a thousand texts each, by origination and percent."""
    return {
        ("GB", f"sms-voice/eu-west-1/{name}"): RouteScore(
            delivered=10 * percent, undelivered=1000 - 10 * percent
        )
        for name, percent in percents.items()
    }


@pytest.mark.parametrize(
    ("known", "closed", "route", "reason"),
    [
        (scores(DEAR=99, MIDDLE=99, CHEAP=95), set(), CHEAP, RouteReason.COST),
        (scores(DEAR=99, MIDDLE=99, CHEAP=94), set(), MIDDLE, RouteReason.COST),
        (scores(DEAR=99, MIDDLE=99, CHEAP=95), {CHEAP}, MIDDLE, RouteReason.COST),
        (scores(DEAR=99, MIDDLE=94, CHEAP=94), set(), DEAR, RouteReason.COUNTRY),
        (scores(DEAR=90, MIDDLE=90, CHEAP=90), set(), DEAR, RouteReason.COUNTRY),
        (scores(DEAR=90, MIDDLE=90, CHEAP=90), {DEAR}, MIDDLE, RouteReason.NEXT),
        (scores(MIDDLE=99), set(), MIDDLE, RouteReason.COST),
        ({}, set(), DEAR, RouteReason.COUNTRY),
    ],
)
def test_the_cheapest_open_route_that_delivers_well_enough_is_chosen_else_the_stages(
    known: RouteScores, closed: set[Route], route: Route, reason: RouteReason
) -> None:
    choice = choose(TEXT, ROUTES, closed=closed, scores=known)
    assert choice == RouteChoice(route=route, reason=reason)


def test_what_is_enough_depends_on_the_class_of_the_message() -> None:
    known = scores(DEAR=99, CHEAP=92)
    promotional = replace(TEXT, template="review")

    found = [choose(row, ROUTES, scores=known) for row in (TEXT, promotional)]
    assert [DEAR, CHEAP] == [each.route for each in found if each]


@pytest.mark.parametrize(("ended", "route"), [(199, DEAR), (200, CHEAP)])
def test_a_route_is_judged_from_enough_texts_on(ended: int, route: Route) -> None:
    known = {("GB", CHEAP.key): RouteScore(delivered=ended)}
    choice = choose(TEXT, ROUTES, scores=known)
    assert choice is not None
    assert route == choice.route


def test_without_the_setting_what_routes_cost_is_not_looked_at() -> None:
    choice = choose(TEXT, replace(ROUTES, by_cost=None), scores=scores(CHEAP=99))
    assert choice == RouteChoice(route=DEAR, reason=RouteReason.COUNTRY)


def test_of_equal_prices_the_order_of_the_stage_decides() -> None:
    same = replace(POLICY, price=lambda *_: Decimal("0.04"))
    known = scores(DEAR=96, MIDDLE=99, CHEAP=99)
    choice = choose(TEXT, replace(ROUTES, by_cost=same), scores=known)
    assert choice == RouteChoice(route=DEAR, reason=RouteReason.COUNTRY)


def test_what_may_have_been_taken_keeps_its_route_whatever_another_costs() -> None:
    row = replace(TEXT, resends=1, route=DEAR.key)
    choice = choose(row, ROUTES, scores=scores(DEAR=10, CHEAP=99))
    assert choice == RouteChoice(route=DEAR, reason=RouteReason.IN_DOUBT)


def test_a_share_of_the_second_region_goes_there_whatever_it_costs() -> None:
    second = replace(DEAR, region="eu-north-1")
    routes = replace(ROUTES, in_second_region={DEAR: second}, second_region_share=99)
    chosen = Counter(
        choice.route
        for n in range(300)
        if (
            choice := choose(
                notification(n, Channel.SMS, country="GB"), routes, scores=scores(CHEAP=99)
            )
        )
    )
    assert {second, CHEAP} == set(chosen)
    assert chosen[second] > chosen[CHEAP]


def test_so_many_of_a_hundred_messages_try_a_route_of_which_too_little_is_known() -> None:
    """Without these it would never be known; urgent messages try nothing, nor does a closed route."""
    routes = replace(ROUTES, by_cost=replace(POLICY, trial=5))
    known = scores(DEAR=99, MIDDLE=99)
    rows = [notification(n, Channel.SMS, country="GB") for n in range(2000)]

    chosen = [choose(row, routes, scores=known) for row in rows]
    counted = Counter(each for each in chosen if each)
    assert {
        RouteChoice(route=MIDDLE, reason=RouteReason.COST),
        RouteChoice(route=CHEAP, reason=RouteReason.TRIAL),
    } == set(counted)
    assert 60 < counted[RouteChoice(route=CHEAP, reason=RouteReason.TRIAL)] < 140
    assert chosen == [choose(row, routes, scores=known) for row in rows]
    for left in (
        {choose(replace(row, priority=Priority.HIGH), routes, scores=known) for row in rows},
        {choose(row, routes, closed={CHEAP}, scores=known) for row in rows},
    ):
        assert {RouteChoice(route=MIDDLE, reason=RouteReason.COST)} == left


def test_a_country_with_one_route_has_no_choice() -> None:
    routes = replace(ROUTES, more_by_country={}, by_cost=replace(POLICY, trial=100))
    choice = choose(TEXT, routes, scores=scores(DEAR=10))
    assert choice == RouteChoice(route=DEAR, reason=RouteReason.COUNTRY)
