"""Trouble with the account in one Region closes that Region's route, and messages go by the other."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import pytest
from msgspec.structs import replace

from ordercast.events.identity import address_key
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.pacing.holds import Hold
from ordercast.pacing.send_quota import SendQuota
from ordercast.receipts.receipt import Receipt
from ordercast.sending.outcome import BackPressure, Outcome, Outgoing, accepted, back_pressure
from ordercast.sending.routes import Route, Routes, home_route
from tests.examples import PHONE, notification
from tests.fakes.send_quotas import FakeSendQuotas
from tests.fakes.world import World
from tests.workflows.receipts.provider_receipts import HANDSET

HOME, AWAY = "us-east-1", "us-west-2"
NO_QUOTA = "FAILURE/No quota left for account"
MINUTE = timedelta(minutes=1)


def routes_of(channel: Channel) -> Routes:
    home = home_route(channel, HOME)
    return Routes(
        home=home,
        usual=home,
        in_second_region={home: Route(provider=home.provider, region=AWAY)},
    )


def region_of(row: Notification) -> str:
    return Route.read(row.route).region if row.route else HOME


def paused(*regions: str, kind: BackPressure = BackPressure.ACCOUNT):
    """Return a provider that takes nothing from the account in these Regions."""

    def answer(message: Outgoing) -> Outcome:
        if region_of(message.notification) in regions:
            return back_pressure("SendingPausedException", kind=kind)
        return accepted(f"m-{message.notification.id}")

    return answer


def active(world: World) -> Sequence[Hold]:
    return [each for each in world.ledger.holds if each.is_active]


@pytest.fixture
def mails(world: World) -> World:
    world.routes = routes_of(Channel.EMAIL)
    world.enter(*(notification(n) for n in range(30)))
    return world


def test_what_one_region_s_account_does_not_send_goes_by_the_other(mails: World) -> None:
    mails.provider.answer = paused(HOME)
    ids = [row.id for row in mails.rows()]
    mails.send(*ids)

    [hold] = active(mails)
    assert f"account:channel=email,route=ses/{HOME}/default" == hold.id
    for _ in range(3):
        mails.now.turn(MINUTE)
        mails.sweep()
        mails.send_published()
    assert {State.SENT} == {row.state for row in mails.rows()}
    assert {AWAY} == {region_of(row) for row in mails.rows()}
    assert {0} == {row.judged - 1 for row in mails.rows()}


def test_with_trouble_in_both_everything_waits_and_nothing_is_lost(mails: World) -> None:
    mails.provider.answer = paused(HOME, AWAY)
    mails.send(*(row.id for row in mails.rows()))
    for _ in range(3):
        mails.now.turn(MINUTE)
        mails.sweep()
        mails.send_published()
    assert {f"account:channel=email,route=ses/{region}/default" for region in (HOME, AWAY)} == {
        each.id for each in active(mails)
    }
    assert {State.DEFERRED, State.REQUESTED} >= {row.state for row in mails.rows()}

    mails.provider.answer = paused()
    for _ in range(10):
        mails.now.turn(MINUTE)
        mails.sweep()
        mails.send_published()
    assert {State.SENT} == {row.state for row in mails.rows()}
    assert [] == active(mails)
    assert {1} == {len(row.messages) for row in mails.rows()}


def test_a_message_that_the_first_region_takes_again_opens_its_route(mails: World) -> None:
    mails.provider.answer = paused(HOME)
    mails.send(*(row.id for row in mails.rows()))
    assert active(mails)
    mails.provider.answer = paused()
    new = [notification(100 + n) for n in range(10)]
    for row in new:
        mails.now.turn(MINUTE)
        mails.sweep()
        mails.enter(row)
        mails.send(row.id)
        mails.send_published()

    assert [] == active(mails)
    assert {State.SENT} == {row.state for row in mails.rows()}
    assert HOME == region_of(mails.row(new[-1].id))


def test_a_receipt_that_says_so_closes_the_route_that_its_text_went_by(world: World) -> None:
    world.routes = routes_of(Channel.SMS)
    first, second = notification(1, Channel.SMS), notification(2, Channel.SMS)
    world.enter(first, second)
    ids: Counter[str] = Counter()

    def answer(message: Outgoing) -> Outcome:
        ids[message.notification.id] += 1
        return accepted(f"{message.notification.id}-{ids[message.notification.id]}")

    world.provider.answer = answer
    world.send(first.id, channel=Channel.SMS)
    world.apply(_said(world, f"{first.id}-1", NO_QUOTA))

    assert [f"account:channel=sms,route=sns/{HOME}/default"] == [each.id for each in active(world)]
    world.send(second.id, channel=Channel.SMS)
    assert (State.SENT, AWAY) == (world.state(second.id), region_of(world.row(second.id)))

    world.now.turn(MINUTE)
    world.apply(_said(world, f"{second.id}-1", HANDSET))
    assert active(world), "a text of the other Region says nothing of this one"


def test_a_full_day_closes_the_region_whose_day_it_is_until_that_has_room(mails: World) -> None:
    mails.provider.answer = paused()
    mails.quotas_of_second_region = FakeSendQuotas()
    mails.send_quotas.quota = SendQuota(rate=14.0, left=0)
    mails.sweep_quota()
    [hold] = active(mails)
    assert f"account:channel=email,route=ses/{HOME}/default" == hold.id
    mails.send(*(row.id for row in mails.rows()))
    assert {(State.SENT, AWAY)} == {(row.state, region_of(row)) for row in mails.rows()}

    mails.send_quotas.quota = SendQuota(rate=14.0, left=50_000)
    mails.quotas_of_second_region.quota = SendQuota(rate=14.0, left=0)
    mails.sweep_quota()
    [hold] = active(mails)
    assert f"account:channel=email,route=ses/{AWAY}/default" == hold.id


ONE, TWO = None, routes_of(Channel.EMAIL)


@pytest.mark.parametrize(("before", "after"), [(ONE, TWO), (TWO, ONE)], ids=["added", "removed"])
def test_a_full_day_ends_after_a_second_region_is(
    world: World, before: Routes | None, after: Routes | None
) -> None:
    mail = notification(1)
    world.enter(mail)
    world.routes = before
    world.send_quotas.quota = SendQuota(rate=14.0, left=0)
    world.sweep_quota()
    world.routes = after
    world.send_quotas.quota = SendQuota(rate=14.0, left=50_000)
    world.sweep_quota()

    assert not active(world)


@pytest.mark.parametrize(("before", "after"), [(ONE, TWO), (TWO, ONE)], ids=["added", "removed"])
def test_a_refusal_by_receipt_ends_after_a_second_region_is(
    world: World, before: Routes | None, after: Routes | None
) -> None:
    text, later = notification(1, Channel.SMS), notification(2, Channel.SMS)
    world.enter(text, later)
    world.provider.answer = lambda message: accepted(f"{message.notification.id}-1")
    world.routes = before and routes_of(Channel.SMS)
    world.send(text.id, channel=Channel.SMS)
    world.apply(_said(world, f"{text.id}-1", NO_QUOTA))
    [hold] = active(world)

    world.routes = after and routes_of(Channel.SMS)
    world.now.turn(MINUTE)
    world.ledger.rows[later.id] = replace(world.row(later.id), held_by=hold.id)
    world.send(later.id, channel=Channel.SMS)  # it passes, as a probe does
    world.apply(_said(world, f"{later.id}-1", HANDSET))
    assert not active(world)


def _said(world: World, message_id: str, kind: str) -> Receipt:
    at = world.now()
    return Receipt(
        channel=Channel.SMS,
        message_id=message_id,
        kind=kind,
        at=at,
        sent_at=at,
        to=address_key(PHONE),
    )
