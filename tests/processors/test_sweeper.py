"""The sweeper sweeps the shards of its group, and says what it left."""

import json
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from aws_lambda_powertools import Logger

from ordercast.embedded_metric_format import OPEN_BREAKERS
from ordercast.errors import QueueUnavailable
from ordercast.events.order_event import Channel, Priority
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.pacing.holds import Hold, Scope, Why
from ordercast.sending.due_partitions import SHARDS, shard_of
from processors import sweeper
from tests.examples import notification
from tests.fakes.world import World

if TYPE_CHECKING:
    from ordercast.workflows.sweep.swept import Swept

MINUTE = timedelta(minutes=1)
CONTEXT: Any = SimpleNamespace(
    aws_request_id="r-1", get_remaining_time_in_millis=lambda: 50_000, function_name="sweeper"
)

LogLines = Callable[[], list[tuple[str, Any]]]


@pytest.fixture
def world() -> World:
    return World()


def deferred(number: int) -> Notification:
    return notification(number, state=State.DEFERRED, rule="quiet-hours")


def ids(world: World) -> list[str]:
    return [n.id for n in world.notifications_topic.published]


def test_the_groups_together_sweep_every_shard_once(world: World, log: Logger) -> None:
    rows = [deferred(n) for n in range(20)] + [notification(n, Channel.SMS) for n in range(30, 50)]
    world.enter(*rows)
    world.now.turn(5 * MINUTE)
    looked_at = []
    for group in range(4):
        before = len(ids(world))
        event = {"group": group, "groups": 4}
        swept = sweeper.respond(event, world.sweeper(), log, time_left=world.time_left)
        looked_at.append(swept.looked_at)
        assert {group} == {shard_of(each) % 4 for each in ids(world)[before:]}

    assert sorted(ids(world)) == sorted(row.id for row in rows)
    assert len(rows) == sum(looked_at)


def test_without_a_group_every_shard_is_swept(world: World, log: Logger) -> None:
    rows = [deferred(n) for n in range(3 * len(SHARDS))]
    world.enter(*rows)
    world.now.turn(5 * MINUTE)

    swept = sweeper.respond({}, world.sweeper(), log, time_left=world.time_left)

    assert len(rows) == swept.released


def test_what_would_expire_before_its_turn_is_logged(
    world: World, log: Logger, log_lines: LogLines
) -> None:
    """At a message a second, and with a full queue before them, these have a minute."""
    world.rate, world.send_within = 1, 6 * MINUTE
    world.work_queues.held = {(Channel.EMAIL, Priority.NORMAL): 300}
    world.enter(*[deferred(n) for n in range(200)])
    world.now.turn(5 * MINUTE)
    swept = sweeper.respond({}, world.sweeper(), log, time_left=world.time_left)

    assert (0, 200) == (swept.released, swept.backlog)
    assert ("would_expire_before_their_turn", {"by_channel": {"email": 200}}) == log_lines()[-1]


def test_nothing_is_said_of_a_backlog_whose_turn_comes_in_time(
    world: World, log: Logger, log_lines: LogLines
) -> None:
    world.rate = 1
    world.work_queues.held = {(Channel.EMAIL, Priority.NORMAL): 300}
    world.enter(*[deferred(n) for n in range(200)])
    world.now.turn(5 * MINUTE)
    sweeper.respond({}, world.sweeper(), log, time_left=world.time_left)

    assert ["swept"] == [slug for slug, _ in log_lines()]
    assert 200 == log_lines()[0][1]["backlog"]


@pytest.mark.parametrize(("group", "said"), [(0, [1]), (1, [])])
def test_a_closed_route_is_a_metric_of_its_channel_which_one_group_says(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    group: int,
    said: list[int],
) -> None:
    route = Scope(route="sns/us-east-1/default")
    world.ledger.hold([Hold(why=Why.BREAKER, scope=route, by="sender", since=world.now())])
    monkeypatch.setattr(sweeper, "_wired", world.sweeper)
    level = "essential"
    monkeypatch.setattr(sweeper, "_settings", lambda: SimpleNamespace(stage="test", metrics=level))
    sweeper.handler({"group": group, "groups": 2}, CONTEXT)
    lines = map(json.loads, capsys.readouterr().out.splitlines())

    assert said == [each[OPEN_BREAKERS] for each in lines if each.get("channel") == "sms"]


def test_a_round_that_fails_leaves_its_line_and_what_is_due_all_the_same(
    world: World, log: Logger, log_lines: LogLines
) -> None:
    """Otherwise the alarm of what is due would be silent when it matters."""
    world.enter(deferred(1))
    world.work_queues.unavailable = True
    world.now.turn(7 * MINUTE)
    written: list[Swept] = []

    with pytest.raises(QueueUnavailable):
        sweeper.respond({}, world.sweeper(), log, time_left=world.time_left, write=written.append)
    assert [(1, 2 * MINUTE)] == [(each.backlog, each.waits) for each in written]
    assert [("swept", 1)] == [(slug, extra["backlog"]) for slug, extra in log_lines()]


@pytest.mark.parametrize(
    ("level", "figures"),
    [("essential", {"DueAge": 120}), ("full", {"DueAge": 120, "DueBacklog": 20})],
)
def test_what_is_left_due_is_a_metric_of_the_stage(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    level: str,
    figures: dict[str, float],
) -> None:
    """Its age at every level, for the alarm; its number at `full`."""
    world.rate = 1
    world.work_queues.held = {(Channel.EMAIL, Priority.NORMAL): 300}
    world.enter(*[deferred(n) for n in range(20)])
    world.now.turn(7 * MINUTE)
    monkeypatch.setattr(sweeper, "_wired", world.sweeper)
    monkeypatch.setattr(sweeper, "_settings", lambda: SimpleNamespace(stage="test", metrics=level))
    sweeper.handler({}, CONTEXT)
    metrics = json.loads(capsys.readouterr().out.splitlines()[-1])

    assert {"stage": "test", **figures} == {
        name: value for name, value in metrics.items() if name != "_aws"
    }
