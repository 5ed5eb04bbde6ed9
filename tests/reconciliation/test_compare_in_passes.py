"""An hour is compared in passes as it would be in one, none is skipped, and none goes on for ever."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

import pytest
from msgspec import structs
from msgspec.structs import replace

from ordercast.events.stream_record import StreamRecord
from ordercast.gateways.ledger.items import write
from ordercast.gateways.ledger.stream_changes import rollup_input_of
from ordercast.notifications.lifecycle import State
from ordercast.reconciliation.progress import READ_TO_THE_END, HourProgress, HourStep
from ordercast.reconciliation.tracing import ParkedPositions
from ordercast.rollups.rollup import hour_of
from ordercast.workflows.reconcile.compare_in_passes import RESERVE, ComparedHour, CompareInPasses
from ordercast.workflows.reconcile.trace_records import TraceRecords
from tests.examples import payload
from tests.fakes.clock import START
from tests.fakes.progress import FakeProgress
from tests.fakes.world import World, records
from tests.lines import line
from tests.promises.rollups import HOUR, count
from tests.reconciliation.test_compare_rollups import RollupsWorkload

AGE = 3
LATER = timedelta(hours=3, minutes=5)
PAGE = 2
PLENTY = timedelta(minutes=15)


@dataclass
class Shards:
    """Two shards of a stream, read by the page; `calls` are the pages that were read."""

    held: dict[str, list[StreamRecord]]
    calls: list[str] = field(default_factory=list)

    def pages(
        self, since: datetime, until: datetime, *, places: Mapping[str, str] | None = None
    ) -> Iterator[tuple[str, str, list[StreamRecord]]]:
        for shard, all_of_it in self.held.items():
            place = (places or {}).get(shard)
            if place == READ_TO_THE_END:
                continue
            rest = [
                each
                for each in all_of_it
                if each.arrived_at
                and since <= each.arrived_at < until
                and (place is None or int(each.sequence_number) > int(place))
            ]
            for start in range(0, max(1, len(rest)), PAGE):
                page = rest[start : start + PAGE]
                self.calls.append(shard)
                is_last = start + PAGE >= len(rest)
                yield shard, READ_TO_THE_END if is_last else page[-1].sequence_number, page


class Stage:
    """Orders that were relayed an hour of the rollups ago, and counted notifications beside them."""

    def __init__(self) -> None:
        self.world, self.rollups, self.progress = World(), RollupsWorkload(), FakeProgress()
        self.rollups.later = LATER
        self.shards = Shards({"shard-1": [], "shard-2": []})
        for number in range(4, 24):
            self.rollups.write(number)
            count(self.rollups.rollups, self.rollups.row(number))

    def put(self, *payloads: bytes, shard: str = "shard-1", relayed: bool = True) -> None:
        batch = [
            structs.replace(each, arrived_at=START)
            for each in records(*payloads, at=101 + sum(map(len, self.shards.held.values())))
        ]
        self.shards.held[shard] += batch
        if relayed:
            self.world.relayer(batch)
        rows = self.world.ledger.rows.values()
        self.rollups.ledger.rows.update({row.id: rollup_input_of(write(row)) for row in rows})

    def passes(self, **changes: Any) -> CompareInPasses:
        made = CompareInPasses(
            progress=self.progress,
            rollups=self.rollups.verify(),
            records=TraceRecords(
                stream=self.shards,
                decisions=self.world.ledger,
                ledger=self.rollups.ledger,
                source=lambda *_: ParkedPositions(
                    positions=frozenset(self.world.parked.kept), given_up=frozenset()
                ),
                now=lambda: START + self.rollups.later,
                redelivered_for=timedelta(hours=1),
                default_currency="USD",
            ),
            stream_retention=timedelta(hours=72),
            now=lambda: START + self.rollups.later,
        )
        return replace(made, **changes)

    def compared(self, parts: Callable[[], int] = lambda: 10_000) -> list[ComparedHour]:
        """Do passes until none is due, each with time for so many more parts."""
        done: list[ComparedHour] = []
        for _ in range(1_000):
            left = parts()

            def deadline() -> timedelta:
                nonlocal left
                left -= 1
                return PLENTY if left >= 0 else timedelta()

            made = self.passes()(AGE, deadline=deadline)
            if made is None:
                return done
            done.append(made)
        raise AssertionError("the passes have no end")


class Forgetful(FakeProgress):
    """Every third pass ends before it has saved."""

    calls = 0

    def save(self, progress: HourProgress) -> bool:
        self.calls += 1
        return bool(self.calls % 3) and super().save(progress)


class Late(FakeProgress):
    """Both passes read before either has saved."""

    def load(self, age: int) -> HourProgress | None:  # noqa: ARG002 - as the port has it
        return None


@pytest.fixture
def stage() -> Stage:
    return Stage()


def figures(done: list[ComparedHour]) -> Mapping[str, int]:
    (over,) = [each for each in done if each.is_over]
    return over.figures


def test_an_hour_that_agrees_takes_one_pass_and_no_wait(stage: Stage) -> None:
    (made,) = stage.compared()

    assert (AGE, HOUR, True, 0) == (made.age, made.hour, made.is_over, made.mismatches)
    assert 23 == made.figures["notifications"]
    assert [] == stage.rollups.waited


def broken() -> Stage:
    """Return a stage with each kind of mismatch."""
    stage = Stage()
    stage.put(*(payload(order_id=f"relayed-{n}") for n in range(5)))
    stage.put(b"not JSON", payload(order_id="relayed-9"), shard="shard-2")
    stage.put(payload(order_id="relayed-10"), shard="shard-2", relayed=False)
    stage.rollups.sent(5)  # not yet counted
    stage.rollups.write(9, version=1, state=State.SENT)  # counted as something else
    del stage.rollups.ledger.rows[line(12).id]  # gone
    next(iter(stage.rollups.rollups.written.values()))["state#requested"] += 2
    return stage


def test_figures_are_the_same_in_as_many_passes_as_it_takes() -> None:
    whole = figures(broken().compared())
    assert {"records": 8, "parked": 1, "accepted": 6, "lost": 1} == {
        name: whole[name] for name in ("records", "parked", "accepted", "lost")
    }
    # What was relayed here was never counted, and one was counted at an earlier version.
    entered = len(broken().world.ledger.rows)
    assert (3, entered + 1, 0) == tuple(
        whole[name] for name in ("different", "not_yet_counted", "unentered")
    )

    several = set()
    for seed in range(60):
        chance = Random(seed)  # noqa: S311
        done = broken().compared(partial(chance.randint, 0, 6))
        several.add(len(done))
        assert whole == figures(done), seed
    assert {2, 3, 4, 5} <= several


def test_a_pass_goes_on_behind_the_last_page_and_reads_none_twice() -> None:
    stage = broken()
    stage.compared(lambda: 0)

    once = broken()
    once.compared()
    assert once.shards.calls == stage.shards.calls


def test_a_pass_without_any_time_does_a_part(stage: Stage) -> None:
    stage.put(*(payload(order_id=f"relayed-{n}") for n in range(5)))
    before = stage.progress.load(AGE)
    stage.passes()(AGE, deadline=timedelta)

    after = stage.progress.kept[AGE]
    assert (None, HourStep.RECORDS, 1) == (before, after.step, len(after.shards))


def test_a_pass_whose_end_is_not_heard_of_is_repeated_and_counts_once() -> None:
    whole = figures(broken().compared())
    stage = broken()
    stage.progress = Forgetful()
    done: list[ComparedHour] = []
    for _ in range(200):
        made = stage.passes()(AGE, deadline=timedelta)
        if made is not None:
            done.append(made)
            if made.is_over:
                break
    assert whole == figures(done)


def test_of_two_passes_at_once_one_counts(stage: Stage) -> None:
    """Both have read the same progress."""
    stage.progress = Late()
    slow, quick = stage.passes(), stage.passes()
    assert quick(AGE, deadline=lambda: PLENTY) is not None
    assert slow(AGE, deadline=lambda: PLENTY) is None


def test_hours_are_compared_in_turn_and_none_is_skipped_while_nobody_looked(stage: Stage) -> None:
    stage.compared()
    stage.rollups.later += timedelta(hours=30)

    done = stage.compared()

    assert 30 == len(done)
    assert [hour_of(START + n * timedelta(hours=1)) for n in range(1, 31)] == [d.hour for d in done]


def test_an_hour_is_not_begun_before_it_is_so_old(stage: Stage) -> None:
    stage.compared()

    assert stage.passes()(AGE, deadline=lambda: PLENTY) is None


def test_records_that_the_stream_has_no_more_are_not_asked_for(stage: Stage) -> None:
    stage.put(payload())
    made = stage.passes(stream_retention=timedelta(hours=2))(AGE, deadline=lambda: PLENTY)

    assert made
    assert made.is_over
    assert "records" not in made.figures
    assert [] == stage.shards.calls


def test_a_bucket_that_is_counted_in_between_two_passes_is_not_called_wrong(stage: Stage) -> None:
    """It held too much when its first sums were made, and nothing was wrong."""
    amounts = next(iter(stage.rollups.rollups.written.values()))
    amounts["state#requested"] += 1
    for _ in range(1_000):
        made = stage.passes()(AGE, deadline=timedelta)
        assert made is not None
        if stage.progress.kept[AGE].step is HourStep.BUCKETS:
            amounts["state#requested"] -= 1
            stage.rollups.sent(6)
            count(stage.rollups.rollups, stage.rollups.row(6))
            break
    done = stage.compared(lambda: 0)

    assert 0 == figures(done)["different"]


def test_what_needs_an_operator_is_counted_and_nothing_else() -> None:
    done = broken().compared()

    (over,) = [each for each in done if each.is_over]
    wanted = ("lost", "unentered", "different", "not_yet_counted", "unlisted")
    assert over.mismatches == sum(over.figures[name] for name in wanted)
    assert over.mismatches > 0


def test_a_pass_keeps_enough_to_look_twice(stage: Stage) -> None:
    passes = stage.passes()
    needed = RESERVE + passes.rollups.second_look

    assert not passes.has_time(lambda: needed)
    assert passes.has_time(lambda: needed + timedelta(seconds=1))
