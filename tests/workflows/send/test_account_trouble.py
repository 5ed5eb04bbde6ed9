"""Trouble with the account holds its channel: it costs no call, no attempt and no message."""

from collections.abc import Callable

import pytest

from ordercast.events.order_event import Channel
from ordercast.gateways.providers.errors import account_trouble
from ordercast.notifications.lifecycle import State
from ordercast.sending.outcome import (
    ORIGINATION_MISSING,
    BackPressure,
    Outcome,
    Outgoing,
    accepted,
    back_pressure,
)
from tests.examples import notification
from tests.fakes.world import World

MAILS = [notification(n) for n in range(30)]
TEXT = notification(50, Channel.SMS)
IDS = [row.id for row in MAILS]


def trouble(kind: BackPressure = BackPressure.ACCOUNT) -> Callable[[Outgoing], Outcome]:
    return lambda _: back_pressure("SendingPausedException", kind=kind)


@pytest.fixture
def mails(world: World) -> World:
    world.enter(*MAILS, TEXT)
    world.provider.answer = trouble()
    return world


def test_one_wave_is_called_for_and_everything_waits_behind_the_hold(mails: World) -> None:
    sent = mails.send(*IDS)

    [hold] = mails.ledger.holds
    assert "account:channel=email" == hold.id
    assert ("SendingPausedException", "email-sender") == (hold.reason, hold.by)
    assert {hold.id} == {mails.row(i).held_by for i in IDS}
    assert {0} == {mails.row(i).attempts for i in IDS}
    assert 25 == sum(mails.got().values())
    assert ({}, 25) == (sent.retry, sent.refused[BackPressure.ACCOUNT])


def test_the_other_channel_goes_on(mails: World) -> None:
    mails.send(*IDS)
    mails.provider.answer = lambda _: accepted("m-1")
    mails.send(TEXT.id, channel=Channel.SMS)

    assert State.SENT is mails.state(TEXT.id)


def test_the_rate_is_not_cut_for_it(mails: World) -> None:
    mails.send(*IDS)

    [bucket] = mails.buckets.kept.values()
    assert mails.rate == bucket.rate


def test_a_used_up_quota_is_held_alike(mails: World) -> None:
    mails.provider.answer = trouble(BackPressure.QUOTA)
    mails.send(*IDS)

    assert {State.DEFERRED} == {mails.state(i) for i in IDS}


def test_throttling_holds_nothing(mails: World) -> None:
    mails.provider.answer = trouble(BackPressure.RATE)
    mails.send(*IDS)

    assert () == mails.ledger.holds
    assert {State.REQUESTED} == {mails.state(i) for i in IDS}


def test_it_is_let_go_by_itself_when_the_provider_takes_one_again(mails: World) -> None:
    mails.send(*IDS)
    mails.sweep()
    mails.send_published()
    assert mails.ledger.holds[0].is_active
    mails.provider.answer = lambda message: accepted(f"m-{message.notification.id}")
    mails.sweep()
    mails.send_published()
    assert not mails.ledger.holds[0].is_active
    mails.sweep()
    mails.send_published()

    assert {State.SENT} == {mails.state(i) for i in IDS}


def test_without_a_record_of_it_what_was_refused_returns_to_its_queue(mails: World) -> None:
    """The hold is written with the next refusal: nothing is lost meanwhile."""
    mails.ledger.unavailable.add("hold")
    sent = mails.send(*IDS)

    assert set(IDS) == sent.retry.keys()
    assert {State.REQUESTED} == {mails.state(i) for i in IDS}
    mails.ledger.unavailable.clear()
    mails.send(*IDS)
    assert {State.DEFERRED} == {mails.state(i) for i in IDS}


def test_a_country_without_an_origination_holds_no_other(world: World) -> None:
    here, abroad = notification(1, Channel.SMS), notification(2, Channel.SMS, country="AU")

    def answer(message: Outgoing) -> Outcome:
        missing = message.notification.id == abroad.id
        return account_trouble(ORIGINATION_MISSING) if missing else accepted("m-1")

    world.provider.answer = answer
    world.enter(here, abroad)
    world.send(abroad.id, channel=Channel.SMS)
    world.send(here.id, channel=Channel.SMS)

    assert (State.DEFERRED, State.SENT) == (world.state(abroad.id), world.state(here.id))
    assert ["account:channel=sms,country=AU"] == [each.id for each in world.ledger.holds]
