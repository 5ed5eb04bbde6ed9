"""E-mail is held before SES reviews the account, and only an operator lets it go."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from ordercast.errors import ProviderUnavailable
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.pacing.holds import STALE_VIEW
from ordercast.pacing.reputation import ENOUGH, Reputation, ReputationLimits
from ordercast.sending.due_partitions import SHARDS
from ordercast.workflows.sweep.keep_reputation import EVERY
from ordercast.workflows.sweep.swept import Swept
from tests.examples import notification, payload
from tests.fakes.reputations import FakeReputations
from tests.fakes.world import World

HOLD = "reputation:channel=email"
LIMITS = ReputationLimits(bounces=Decimal("4.5"), complaints=Decimal("0.09"))
HIGH = Reputation(bounces=Decimal("4.6"), complaints=Decimal("0.01"), sent=ENOUGH)
LOW = Reputation(bounces=Decimal("1.0"), complaints=Decimal("0.01"), sent=ENOUGH)
MAIL, TEXT = notification(1), notification(2, Channel.SMS)


@pytest.fixture
def high(world: World) -> World:
    """A world in which too many e-mails bounce."""
    world.enter(MAIL, TEXT)
    world.reputations.known = HIGH
    world.sweep()
    return world


def test_all_e_mail_waits_behind_a_hold_and_texts_go_on(high: World) -> None:
    high.send(MAIL.id)
    high.send(TEXT.id, channel=Channel.SMS)

    [hold] = high.ledger.holds
    assert (HOLD, "sweeper") == (hold.id, hold.by)
    assert hold.reason == "bounces: 4.6 % of the account's e-mails, held from 4.5 %"
    assert {TEXT.id: 1} == high.got()
    assert (State.DEFERRED, HOLD) == (high.state(MAIL.id), high.row(MAIL.id).held_by)


def test_what_comes_meanwhile_reaches_no_queue(high: World) -> None:
    high.relay(payload(channel="email"))

    assert [] == high.published()


def test_no_message_probes_it(high: World) -> None:
    """A message that SES takes says nothing of how many bounce."""
    high.send(MAIL.id)
    high.now.turn(timedelta(hours=3))
    high.sweep()

    assert [] == high.provider.calls


def test_it_rings_as_trouble_with_the_account_as_long_as_it_lasts(high: World) -> None:
    high.now.turn(timedelta(hours=1))
    assert 1 == high.sweep().account_holds


@pytest.mark.parametrize("rates", [HIGH, LOW])
def test_it_does_not_end_by_itself(high: World, rates: Reputation) -> None:
    high.reputations.known = rates
    high.now.turn(timedelta(days=2))
    high.sweep()

    assert [True] == [each.is_active for each in high.ledger.holds]


def test_what_an_operator_lets_go_is_not_held_again_while_the_rate_is_high(high: World) -> None:
    """It falls only by e-mails that arrive."""
    high.send(MAIL.id)
    high.ledger.let_go([HOLD], at=high.now())
    for _ in range(4):
        high.now.turn(STALE_VIEW)
        high.sweep()
    high.send_published()

    assert [False] == [each.is_active for each in high.ledger.holds]
    assert 1 == high.got()[MAIL.id]


def test_once_the_rate_has_fallen_the_next_rise_holds_again(high: World) -> None:
    high.ledger.let_go([HOLD], at=high.now())
    high.reputations.known = LOW
    high.now.turn(STALE_VIEW)
    high.sweep()
    assert () == tuple(high.ledger.holds)

    high.reputations.known = HIGH
    high.now.turn(EVERY)
    high.sweep()
    assert [True] == [each.is_active for each in high.ledger.holds]


def test_an_old_rate_holds_nothing_again_when_another_look_has_heard_the_new_one(
    high: World,
) -> None:
    """That look has ended the record of the operator's word; its figures and ours come in any order."""
    high.ledger.let_go([HOLD], at=high.now())
    high.now.turn(STALE_VIEW)
    slow = high.sweeper().reputation

    class Overtaken(FakeReputations):
        def reputation(self, *, now: datetime) -> Reputation:
            high.reputations.known = LOW
            high.sweep()
            return FakeReputations.reputation(self, now=now)

    slow.reputations = Overtaken(known=HIGH)
    slow(SHARDS, Swept())

    assert () == tuple(high.ledger.holds)


def test_a_rate_just_below_its_limit_has_not_fallen(high: World) -> None:
    high.ledger.let_go([HOLD], at=high.now())
    high.reputations.known = Reputation(bounces=Decimal("4.4"), sent=ENOUGH)
    high.now.turn(STALE_VIEW)
    high.sweep()

    assert 1 == len(high.ledger.holds)


@pytest.mark.parametrize(
    "harmless",
    [
        LOW,
        Reputation(),
        Reputation(bounces=Decimal("4.4"), complaints=Decimal("0.08"), sent=ENOUGH),
        Reputation(bounces=Decimal(50), sent=ENOUGH - 1),
    ],
    ids=["low", "unknown", "below the limits", "too few to judge"],
)
def test_otherwise_nothing_is_held(world: World, harmless: Reputation) -> None:
    world.reputations.known = harmless
    world.sweep()

    assert () == tuple(world.ledger.holds)


def test_complaints_have_a_limit_of_their_own_and_none_is_0() -> None:
    complaints = Reputation(complaints=Decimal("0.09"), sent=ENOUGH)

    assert LIMITS.exceeded(complaints).startswith("complaints: 0.09 %")
    assert "" == ReputationLimits(bounces=Decimal(0), complaints=Decimal(0)).exceeded(complaints)


def test_it_asks_every_ten_minutes_and_after_a_failure_at_once(world: World) -> None:
    sweep = world.sweeper()
    times: list[int] = []
    world.reputations.unavailable = True
    for minute in range(22):
        try:
            sweep.reputation(SHARDS, Swept())
        except ProviderUnavailable:
            world.reputations.unavailable = False
        times += [minute] * (world.reputations.asked - len(times))
        world.now.turn(timedelta(minutes=1))

    assert [0, 1, 11, 21] == times
