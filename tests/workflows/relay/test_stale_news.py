"""Older news is never sent after newer, within a batch, across batches and after a crash."""

import pytest

from ordercast.errors import LedgerUnavailable
from ordercast.events.order_event import Channel
from tests.fakes.world import World
from tests.workflows.relay.order_events import status_event, statuses_sent


def test_newer_news_in_one_batch_makes_what_follows_it_stale(world: World) -> None:
    relayed = world.relay(status_event("shipped"), status_event("confirmed", 5))
    world.send_published()

    assert (1, 1) == (relayed.accepted, relayed.stale)
    assert ["shipped"] == statuses_sent(world)
    assert ["shipped"] == [row.status for row in world.rows()]


def test_newer_news_in_one_batch_makes_what_came_before_it_stale_in_its_queue(
    world: World,
) -> None:
    relayed = world.relay(status_event("confirmed", 5), status_event("shipped"))
    world.send_published()

    assert (2, 0) == (relayed.accepted, relayed.stale)
    assert ["shipped"] == statuses_sent(world)
    assert {("confirmed", "stale"), ("shipped", None)} == {(r.status, r.rule) for r in world.rows()}


@pytest.mark.parametrize("older", [status_event("confirmed", 59), status_event("shipped", 1)])
def test_older_news_in_a_later_batch_is_stale(world: World, older: bytes) -> None:
    """By rank first, then by when it happened."""
    world.relay(status_event("shipped", 2))
    relayed = world.relay(older, at=201)

    assert (0, 1) == (relayed.accepted, relayed.stale)
    assert 1 == len(world.ledger.rows)


def test_a_stale_event_stays_stale_however_often_it_comes(world: World) -> None:
    world.relay(status_event("shipped"))
    world.relay(status_event("confirmed"), at=201)
    world.ledger.latest_statuses.clear()
    retried, repeated = (
        world.relay(status_event("confirmed"), at=201),
        world.relay(status_event("confirmed"), at=9),
    )

    assert (1, 0) == (retried.stale, retried.repeated)
    assert (0, 1) == (repeated.stale, repeated.repeated)
    assert 1 == len(world.published())


@pytest.mark.parametrize("status", ["cancelled", "refunded", "failed", "brewed"])
def test_a_status_without_a_rank_is_sent_whenever_it_comes(world: World, status: str) -> None:
    world.relay(status_event("delivered", 9))
    world.relay(status_event(status, 1), at=201)
    world.relay(status_event("delivered", 10), at=301)
    world.send_published()

    assert {"delivered", status} == set(statuses_sent(world))
    assert 3 - 1 == len(statuses_sent(world))
    assert "stale" in {row.rule for row in world.rows() if row.status == "delivered"}


def test_news_that_is_not_sent_makes_nothing_stale(world: World) -> None:
    world.relay(status_event("delivered", channel=None))
    world.relay(status_event("shipped"), at=201)
    world.send_published()

    assert ["shipped"] == statuses_sent(world)


def test_news_on_one_channel_is_not_news_on_the_other(world: World) -> None:
    world.relay(status_event("shipped", channel="sms"))
    relayed = world.relay(status_event("confirmed", channel="both"), at=201)
    world.send_published()

    assert (1, 0) == (relayed.accepted, relayed.stale)
    assert {("shipped", Channel.SMS), ("confirmed", Channel.EMAIL)} == {
        (call.notification.status, call.notification.channel) for call in world.provider.calls
    }


def test_each_order_has_its_own_news(world: World) -> None:
    world.relay(status_event("shipped"), status_event("confirmed", order_id="o-2"))

    assert 2 == len(world.published())


def test_a_latest_status_that_was_not_raised_before_a_crash_is_raised_by_the_retry(
    world: World,
) -> None:
    world.ledger.unavailable = {"accept"}
    with pytest.raises(LedgerUnavailable):
        world.relay(status_event("shipped"))
    world.ledger.unavailable = set()
    world.relay(status_event("shipped"), status_event("confirmed"))
    world.send_published()

    assert ["shipped"] == statuses_sent(world)
