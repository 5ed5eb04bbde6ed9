"""Batches that Lambda gave up are redriven whole, or counted again, or dropped."""

from ordercast.parked.item import GivenUpBatch
from tests.fakes.clock import START as AT
from tests.fakes.world import World, records
from tests.workflows.redrive.bench import Bench, no_progress, order, redrive_all


def test_a_batch_that_lambda_gave_up_is_put_again_whole(world: World, bench: Bench) -> None:
    """Half of it had been dealt with before: the decisions show it."""
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


def test_given_up_changes_of_the_ledger_are_counted_and_told_again_and_not_put_on_the_stream(
    bench: Bench,
) -> None:
    bench.store.given_up = [
        GivenUpBatch(
            id="b2",
            key="k",
            condition="RetryAttemptsExhausted",
            at=AT,
            notification_ids=("n1", "n2"),
            row_changes=({"dynamodb": {"SequenceNumber": "7"}},),
        )
    ]

    redrive_all(bench.batches())

    assert ["n1", "n2"] == bench.recounted
    assert [{"dynamodb": {"SequenceNumber": "7"}}] == bench.republished
    assert [] == bench.stream.puts


def test_a_report_that_holds_nothing_stays_until_it_is_dropped(bench: Bench) -> None:
    """To note it down as redriven would be to lose whatever it was about."""
    report = GivenUpBatch(id="b3", key="k", condition="unreadable", at=None, whole=False)
    bench.store.given_up = [report]

    assert 0 == redrive_all(bench.batches())
    (left,) = bench.batches().contents()
    assert "it holds nothing to redrive" == left.detail
    source = bench.batches()
    assert 1 == source.drop(list(source.contents()), progress=no_progress)
    assert [] == list(bench.batches().contents())


def test_what_a_redrive_that_died_had_put_and_was_given_up_again_is_put_once(bench: Bench) -> None:
    """It is in two batches then, beside others that came later."""
    before, after = records(b"a", b"b"), records(b"a", b"b", b"c", at=201)
    bench.store.given_up = [
        GivenUpBatch(id=id_, key=id_, condition="RecordAgeExceeded", at=AT, records=tuple(each))
        for id_, each in (("b1", before), ("b2", after))
    ]

    assert 2 == redrive_all(bench.batches())
    assert [b"a", b"b", b"c"] == [body for _, body in bench.stream.puts]
    assert [] == list(bench.batches().contents())


def test_a_batch_is_put_with_the_repetitions_that_it_holds(bench: Bench) -> None:
    batch = tuple(records(b"a", b"b", b"a"))
    bench.store.given_up = [GivenUpBatch(id="b", key="k", condition="x", at=AT, records=batch)]

    redrive_all(bench.batches())

    assert [b"a", b"b", b"a"] == [body for _, body in bench.stream.puts]
