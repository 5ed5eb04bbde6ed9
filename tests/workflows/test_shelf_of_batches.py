"""Batches that Lambda gave up are redriven whole, or counted again, or dropped."""

from notifications.parked import GivenUpBatch
from tests.fakes.clock import START as AT
from tests.fakes.world import World, records
from tests.workflows.redriving import Bench, order, redrive_all, told


def test_a_batch_that_lambda_gave_up_is_put_again_whole(world: World, bench: Bench) -> None:
    """Half of it had been dealt with before: the marks know."""
    bodies = [order(n) for n in range(4)]
    world.relay(*bodies[:2])
    bench.store.given_up = [
        GivenUpBatch(
            id="b1", key="k", condition="RecordAgeExceeded", at=AT, records=tuple(records(*bodies))
        )
    ]

    assert [("b1", 4)] == [(each.id, each.size) for each in bench.batches().contents()]
    assert 1 == redrive_all(bench.batches())
    relayed = world.relay(*(body for _, body in bench.stream.puts), at=1001)

    assert (2, 2) == (relayed.accepted, relayed.repeated)
    assert [] == list(bench.batches().contents())


def test_given_up_changes_of_the_ledger_are_counted_again_and_not_put_on_the_stream(
    bench: Bench,
) -> None:
    bench.store.given_up = [
        GivenUpBatch(
            id="b2",
            key="k",
            condition="RetryAttemptsExhausted",
            at=AT,
            notification_ids=("n1", "n2"),
        )
    ]

    redrive_all(bench.batches())

    assert ["n1", "n2"] == bench.recounted
    assert [] == bench.stream.puts


def test_a_report_that_holds_nothing_stays_until_it_is_dropped(bench: Bench) -> None:
    """To note it down as redriven would be to lose whatever it was about."""
    report = GivenUpBatch(id="b3", key="k", condition="unreadable", at=None, whole=False)
    bench.store.given_up = [report]

    assert 0 == redrive_all(bench.batches())
    (left,) = bench.batches().contents()
    assert "it holds nothing to redrive" == left.detail
    shelf = bench.batches()
    assert 1 == shelf.drop(list(shelf.contents()), told=told)
    assert [] == list(bench.batches().contents())
