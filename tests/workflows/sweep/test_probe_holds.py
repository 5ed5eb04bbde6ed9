"""Of what waits for the provider one message at a time passes its hold, and ends it if it is taken."""

from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from ordercast.notifications.lifecycle import State
from ordercast.pacing.holds import Why
from ordercast.sending.outcome import Outcome, Outgoing, accepted, back_pressure, refused
from tests.examples import paused
from tests.fakes.world import World
from tests.workflows.sweep.held_back import MINUTE, ONE, THREE, TWO, hold_back, hold_of, trouble


def answers(world: World, outcome: Mapping[str, Outcome]) -> None:
    """Let the provider answer so, by notification."""

    def answer(message: Outgoing) -> Outcome:
        return outcome.get(message.notification.id, accepted(f"m-{message.notification.id}"))

    world.provider.answer = answer


@pytest.mark.parametrize("why", [Why.ACCOUNT, Why.BREAKER])
def test_trouble_at_the_provider_is_probed_with_one_message_and_let_go_when_that_is_taken(
    world: World, why: Why
) -> None:
    hold_back(world, ONE, TWO, THREE, hold=trouble(why))
    assert 1 == world.sweep().published
    world.send_published()

    assert 1 == sum(world.got().values())
    assert world.now() == world.ledger.holds[0].released_at
    assert 2 == world.sweep().published
    world.send_published()
    assert {State.SENT} == {row.state for row in world.rows()}
    assert {None} == {row.held_by for row in world.rows()}


@pytest.mark.parametrize("why", [Why.PAUSED, Why.BUDGET, Why.VELOCITY])
def test_what_no_answer_of_the_provider_can_end_is_not_probed(world: World, why: Why) -> None:
    hold_back(world, ONE, hold=hold_of(world, why))

    assert 0 == world.sweep().published


@pytest.mark.parametrize("outcome", [back_pressure("AccountSuspendedException"), refused("no")])
def test_a_probe_that_is_not_taken_changes_nothing_and_the_next_one_follows(
    world: World, outcome: Outcome
) -> None:
    hold = trouble()
    hold_back(world, ONE, TWO, hold=hold)
    answers(world, dict.fromkeys([ONE.id, TWO.id], outcome))
    world.sweep()
    world.send_published()

    assert (hold,) == world.ledger.holds
    assert 1 == sum(world.got().values())
    assert {hold.id} == {r.held_by for r in world.rows() if r.state is not State.FAILED}
    assert {0, 1} >= {row.attempts for row in world.rows()}
    world.sweep()
    assert 2 == len(world.notifications_topic.published)


def test_a_probe_passes_no_other_hold(world: World) -> None:
    hold_back(world, TWO, hold=trouble())
    world.sweep()
    world.ledger.hold([other := paused(campaign="spring")])
    world.send_published()

    assert {} == world.got()
    assert (State.DEFERRED, other.id) == (world.state(TWO.id), world.row(TWO.id).held_by)


def test_what_may_not_be_sent_any_more_is_no_probe_and_the_next_one_is(world: World) -> None:
    old = replace(ONE, effective_at=ONE.effective_at - MINUTE)
    hold_back(world, old, TWO, hold=trouble())
    world.ledger.hold([paused(campaign="spring")])
    world.enter(THREE)
    world.send(THREE.id)
    world.now.turn(world.send_within)
    swept = world.sweep()

    assert State.SUPPRESSED == world.state(ONE.id)
    assert trouble().id != world.row(TWO.id).held_by
    assert [THREE.id] == [each.id for each in world.notifications_topic.published]
    assert 1 == swept.published


def test_of_several_groups_of_the_sweeper_one_probes(world: World) -> None:
    hold_back(world, ONE, TWO, THREE, hold=trouble())
    for group in range(4):
        world.sweep_all(range(group, 8, 4))

    assert 1 == len(world.notifications_topic.published)
