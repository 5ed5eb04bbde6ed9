"""Holds: what each covers, how it is named, and how they are set, let go and set again."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from ordercast.events.order_event import Channel, Priority
from ordercast.notifications.lifecycle import State
from ordercast.pacing.holds import (
    Hold,
    Scope,
    Why,
    closed_routes,
    held,
    hold_of,
    let_go,
    with_holds,
)
from tests.examples import notification, paused
from tests.fakes.clock import START

HOUR = timedelta(hours=1)
TEXT = notification(2, Channel.SMS, campaign="spring")
LETTER = notification(1)


@pytest.mark.parametrize(
    "part",
    [
        {"channel": Channel.SMS},
        {"region": "eu-west-1"},
        {"country": "US"},
        {"campaign": "spring"},
        {"shop": "Example Tea"},
        {"priority": Priority.NORMAL},
        {},
    ],
)
def test_a_hold_covers_the_messages_of_its_part(part) -> None:
    assert Scope(**part).covers(TEXT)
    assert hold_of(TEXT, [paused(**part)]) == paused(**part)


@pytest.mark.parametrize(
    "part",
    [
        {"channel": Channel.EMAIL},
        {"country": "SE"},
        {"campaign": "autumn"},
        {"shop": "Other"},
        {"priority": Priority.HIGH},
    ],
)
def test_a_hold_covers_only_messages_for_which_all_its_parts_hold(part) -> None:
    assert not Scope(**part).covers(TEXT)
    assert not Scope(**{"channel": Channel.SMS, "country": "US", **part}).covers(TEXT)
    assert hold_of(TEXT, [paused(**part)]) is None


def test_a_country_is_that_of_a_phone_number_and_no_e_mail_has_one() -> None:
    assert not Scope(country="US").covers(replace(LETTER, country="US"))


def test_a_campaign_called_none_is_not_that_of_an_order_without_one() -> None:
    bare = replace(LETTER, campaign=None, order=replace(LETTER.order, shop=None))

    assert not Scope(campaign="None").covers(bare)
    assert not Scope(shop="None").covers(bare)


def test_a_hold_of_a_route_closes_it_and_covers_no_message_which_may_have_another() -> None:
    first = Hold(why=Why.BREAKER, scope=Scope(route="sns/eu-west-1/default"), by="s", since=START)
    later = replace(first, why=Why.PAUSED, since=START + HOUR)
    over = replace(first, scope=Scope(route="sms-voice/eu-west-1/default"), released_at=START)

    assert hold_of(TEXT, [first, later]) is None
    assert {"sns/eu-west-1/default": first} == closed_routes([paused(), over, first, later])
    assert "breaker:route=sns/eu-west-1/default" == first.id


def test_the_first_hold_that_covers_a_message_holds_it() -> None:
    other, first = paused(country="SE"), paused(channel=Channel.SMS)
    second = paused(campaign="spring")

    assert first == hold_of(TEXT, [other, first, second])
    assert second == hold_of(TEXT, [replace(first, released_at=START), second])


def test_a_message_waits_behind_its_hold_until_it_expires_and_keeps_its_age() -> None:
    until = START + 6 * HOUR
    waits = held(TEXT, paused(channel=Channel.SMS), until=until)

    due_at = until + timedelta(milliseconds=1)
    assert (State.DEFERRED, "paused", "paused:channel=sms", due_at, TEXT.effective_at) == (
        *(waits.state, waits.rule, waits.held_by, waits.due_at),
        waits.effective_at,
    )


def test_a_probe_passes_the_hold_that_it_names_and_no_other() -> None:
    hold, other = paused(channel=Channel.SMS), paused(campaign="spring")
    waits = held(TEXT, hold, until=START + HOUR)
    probe = replace(waits, state=State.REQUESTED)

    assert hold == hold_of(waits, [hold])
    assert hold_of(probe, [hold]) is None
    assert other == hold_of(probe, [hold, other])


@pytest.mark.parametrize(
    ("scope", "name"),
    [
        (Scope(), "budget:all"),
        (Scope(channel=Channel.SMS, country="SE"), "budget:channel=sms,country=SE"),
        (Scope(shop="Example Tea"), "budget:shop=Example-Tea~d373e7c4"),
        (Scope(campaign="x" * 41), f"budget:campaign={'x' * 20}~91898847"),
    ],
)
def test_a_hold_is_named_by_why_and_scope_alone(scope: Scope, name: str) -> None:
    hold = Hold(why=Why.BUDGET, scope=scope, by="budget", since=START)

    assert name == hold.id
    assert name == replace(hold, by="ada", since=START + HOUR, reason="again").id


def test_two_names_that_look_alike_are_two_holds() -> None:
    names = ["a b", "a-b", "a  b", "A b", "a b ", "é", "è"]

    assert len(names) == len({paused(shop=name).id for name in names})


def test_a_hold_that_was_let_go_can_be_set_again_and_a_standing_one_stays() -> None:
    hold = paused(channel=Channel.SMS)
    again = replace(hold, by="grace", since=START + HOUR)

    assert (hold,) == with_holds((hold,), [again])
    assert (again,) == with_holds(let_go((hold,), {hold.id}, at=START), [again])
