"""A message's route is chosen before it is claimed, by its country and the stage's settings."""

from collections import Counter

import pytest
from msgspec import structs

from ordercast.events.order_event import Channel
from ordercast.notifications.route_reason import RouteReason
from ordercast.sending.routes import Route, RouteChoice, Routes, choose, home_route, provider_label
from tests.examples import notification

HOME = home_route(Channel.SMS, "eu-west-1")
USUAL = Route(provider="ses", region="eu-west-1")
JAPAN = Route(provider="sns", region="ap-northeast-1", origination="pool-0123")
AWAY = home_route(Channel.SMS, "eu-central-1")
ROUTES = Routes(home=HOME, usual=USUAL, by_country={"JP": JAPAN})


@pytest.mark.parametrize(
    ("country", "route", "reason"),
    [
        ("JP", JAPAN, RouteReason.COUNTRY),
        ("SE", USUAL, RouteReason.STAGE),
        (None, USUAL, RouteReason.STAGE),
    ],
)
def test_a_country_has_its_own_route_and_all_others_the_stages(
    country: str | None, route: Route, reason: RouteReason
) -> None:
    choice = choose(notification(1, Channel.SMS, country=country), ROUTES)

    assert choice is not None
    assert (route, reason) == (choice.route, choice.reason)


def test_no_closed_route_is_chosen() -> None:
    assert choose(notification(1, Channel.SMS, country="JP"), ROUTES, closed={JAPAN}) is None
    assert choose(notification(1, Channel.SMS, country="JP"), ROUTES, closed={USUAL}) is not None


def test_a_countrys_other_routes_are_taken_in_order_while_those_before_are_closed() -> None:
    more = [structs.replace(JAPAN, origination=each) for each in ("pool-b", "pool-c")]
    routes = structs.replace(ROUTES, more_by_country={"JP": more})
    row = notification(1, Channel.SMS, country="JP")

    chosen = [choose(row, routes, closed=closed) for closed in ({JAPAN}, {JAPAN, more[0]})]
    assert chosen == [RouteChoice(route=each, reason=RouteReason.NEXT) for each in more]
    assert choose(row, routes, closed={JAPAN, *more}) is None


@pytest.mark.parametrize(("pinned", "route"), [(None, HOME), (JAPAN.key, JAPAN)])
def test_what_may_have_been_taken_is_called_on_its_first_route_or_not_at_all(
    pinned: str | None, route: Route
) -> None:
    """On another route a second message could not be told from the first."""
    row = notification(1, Channel.SMS, country="SE", route=pinned, resends=1)

    choice = choose(row, ROUTES)
    assert choice is not None
    assert (route, RouteReason.IN_DOUBT) == (choice.route, choice.reason)
    assert choose(row, ROUTES, closed={route}) is None


SECOND = Routes(home=HOME, usual=HOME, in_second_region={HOME: AWAY})


def test_the_second_region_is_taken_once_the_first_is_closed_and_no_sooner() -> None:
    row = notification(1, Channel.SMS)

    assert RouteChoice(route=HOME, reason=RouteReason.STAGE) == choose(row, SECOND)
    assert RouteChoice(route=AWAY, reason=RouteReason.SECOND_REGION) == choose(
        row, SECOND, closed={HOME}
    )
    assert choose(row, SECOND, closed={HOME, AWAY}) is None


def test_a_share_of_the_messages_goes_by_the_second_region_while_both_are_open() -> None:
    """By the id, so that a message that was not taken is tried where it was tried before."""
    rows = [notification(each, Channel.SMS) for each in range(400)]
    routes = structs.replace(SECOND, second_region_share=25)

    choices = [choose(row, routes) for row in rows]

    assert choices == [choose(row, routes) for row in rows]
    taken = Counter((each.route, each.reason) for each in choices if each)
    assert {(HOME, RouteReason.STAGE), (AWAY, RouteReason.SHARE)} == taken.keys()
    assert 70 <= taken[AWAY, RouteReason.SHARE] <= 130


def test_what_belongs_to_the_second_region_goes_by_the_first_while_that_one_is_closed() -> None:
    routes = structs.replace(SECOND, second_region_share=100)
    row = notification(1, Channel.SMS)

    assert RouteChoice(route=HOME, reason=RouteReason.STAGE) == choose(row, routes, closed={AWAY})
    assert choose(row, routes, closed={HOME, AWAY}) is None


@pytest.mark.parametrize(("pinned", "other"), [(None, AWAY), (AWAY.key, HOME)])
def test_a_message_in_doubt_never_changes_its_region(pinned: str | None, other: Route) -> None:
    row = notification(1, Channel.SMS, route=pinned, resends=1)
    first = Route.read(pinned) if pinned else HOME
    shared = structs.replace(SECOND, second_region_share=100)

    for routes in (SECOND, shared):
        assert choose(row, routes, closed={first}) is None
        choice = choose(row, routes, closed={other})
        assert choice is not None
        assert first == choice.route


def test_a_route_is_read_as_it_was_written_whatever_its_origination() -> None:
    arn = "arn:aws:sms-voice:eu-west-1:123456789012:pool/pool-0123"
    for route in (HOME, JAPAN, Route(provider="sns", region="eu-west-1", origination=arn)):
        assert route == Route.read(route.key)
    assert HOME == Route.read("sns/eu-west-1")
    with pytest.raises(ValueError, match="unpack"):
        Route.read("sns")


def test_a_row_names_every_route_but_the_channels_first() -> None:
    """Most rows go by that one, and are to stay one write unit."""
    assert [None, JAPAN.key] == [ROUTES.pinned(HOME), ROUTES.pinned(JAPAN)]


def test_a_claim_notes_every_reason_but_the_usual_one() -> None:
    """Most rows have that one, and are to stay one write unit."""
    noted = {reason: RouteChoice(route=HOME, reason=reason).noted for reason in RouteReason}

    assert noted == {**{each: each for each in RouteReason}, RouteReason.STAGE: None}


def test_the_provider_is_named_by_the_route_and_without_one_it_is_the_channels_first() -> None:
    rows = [
        notification(1, Channel.SMS),
        notification(1, Channel.EMAIL),
        notification(1, Channel.SMS, route=USUAL.key),
        notification(1, Channel.SMS, route="gone/eu-west-1/default"),
    ]
    assert ["SNS", "SES", "SES", "gone"] == [provider_label(row) for row in rows]
