"""Older news is never told after newer, within a batch, across batches and after a crash."""

import pytest

from ordercast.errors import LedgerUnavailable
from ordercast.events.order_event import Channel
from tests.fakes.world import World
from tests.workflows.relay.order_events import news, told


def test_newer_news_in_one_batch_makes_what_follows_it_stale(world: World) -> None:
    relayed = world.relay(news("shipped"), news("confirmed", 5))
    world.send_published()

    assert (1, 1) == (relayed.accepted, relayed.stale)
    assert ["shipped"] == told(world)
    assert ["shipped"] == [row.status for row in world.rows()]


def test_newer_news_in_one_batch_makes_what_came_before_it_stale_in_its_queue(
    world: World,
) -> None:
    relayed = world.relay(news("confirmed", 5), news("shipped"))
    world.send_published()

    assert (2, 0) == (relayed.accepted, relayed.stale)
    assert ["shipped"] == told(world)
    assert {("confirmed", "stale"), ("shipped", None)} == {(r.status, r.rule) for r in world.rows()}


@pytest.mark.parametrize("older", [news("confirmed", 59), news("shipped", 1)])
def test_older_news_in_a_later_batch_is_stale(world: World, older: bytes) -> None:
    """By rank first, then by when it happened."""
    world.relay(news("shipped", 2))
    relayed = world.relay(older, at=201)

    assert (0, 1) == (relayed.accepted, relayed.stale)
    assert 1 == len(world.ledger.rows)


def test_a_stale_event_stays_stale_however_often_it_comes(world: World) -> None:
    world.relay(news("shipped"))
    world.relay(news("confirmed"), at=201)
    world.ledger.latest_statuses.clear()
    retried, repeated = world.relay(news("confirmed"), at=201), world.relay(news("confirmed"), at=9)

    assert (1, 0) == (retried.stale, retried.repeated)
    assert (0, 1) == (repeated.stale, repeated.repeated)
    assert 1 == len(world.published())


@pytest.mark.parametrize("status", ["cancelled", "refunded", "failed", "brewed"])
def test_a_status_outside_the_line_is_told_whenever_it_comes(world: World, status: str) -> None:
    world.relay(news("delivered", 9))
    world.relay(news(status, 1), at=201)
    world.relay(news("delivered", 10), at=301)
    world.send_published()

    assert {"delivered", status} == set(told(world))
    assert 3 - 1 == len(told(world))
    assert "stale" in {row.rule for row in world.rows() if row.status == "delivered"}


def test_news_that_nobody_is_told_makes_nothing_old(world: World) -> None:
    world.relay(news("delivered", channel=None))
    world.relay(news("shipped"), at=201)
    world.send_published()

    assert ["shipped"] == told(world)


def test_news_on_one_channel_is_not_news_on_the_other(world: World) -> None:
    world.relay(news("shipped", channel="sms"))
    relayed = world.relay(news("confirmed", channel="both"), at=201)
    world.send_published()

    assert (1, 0) == (relayed.accepted, relayed.stale)
    assert {("shipped", Channel.SMS), ("confirmed", Channel.EMAIL)} == {
        (call.notification.status, call.notification.channel) for call in world.provider.calls
    }


def test_each_order_has_its_own_news(world: World) -> None:
    world.relay(news("shipped"), news("confirmed", order_id="o-2"))

    assert 2 == len(world.published())


def test_a_latest_status_that_was_not_raised_before_a_crash_is_raised_by_the_retry(
    world: World,
) -> None:
    world.ledger.unavailable = {"accept"}
    with pytest.raises(LedgerUnavailable):
        world.relay(news("shipped"))
    world.ledger.unavailable = set()
    world.relay(news("shipped"), news("confirmed"))
    world.send_published()

    assert ["shipped"] == told(world)
