"""What CloudWatch lacks of an hour is given to it once, when nothing of that hour is under way any more."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from typing import Any

import pytest
from msgspec.structs import replace

from analytics.cloudwatch_metrics import emf_lines, figures_by_series, summed_series
from ordercast.embedded_metric_format import MetricSeries, MetricsLevel, emf_line
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import Message
from ordercast.reconciliation.metric_figures import HourFigures
from ordercast.rollups.rollup import RollupInput, hour_of
from ordercast.workflows.reconcile.fill_metric_gaps import (
    AT_REST,
    MOST,
    NOT_AFTER,
    SHOWN_AFTER,
    FillMetricGaps,
)
from tests.fakes.clock import START, HandTurnedClock
from tests.fakes.metric_figures import FakeMetricFigures
from tests.fakes.metrics import FakeMetrics
from tests.fakes.rollups import FakeRollups
from tests.lines import line
from tests.rollups.test_rollups_balance import counting

HOUR = START.replace(minute=0, second=0, microsecond=0)
DAY = timedelta(days=1)
RUNS = NOT_AFTER // timedelta(hours=MOST) + 1
"""After so many no hour waits for its turn."""


@dataclass
class Stage:
    """Analytics and the verifier of a stage, with CloudWatch."""

    level: MetricsLevel
    clock: HandTurnedClock = field(default_factory=HandTurnedClock)
    rollups: FakeRollups = field(default_factory=FakeRollups)
    metrics: FakeMetrics = field(default_factory=FakeMetrics)
    kept: FakeMetricFigures = field(default_factory=FakeMetricFigures)

    @property
    def fill(self) -> FillMetricGaps:
        return FillMetricGaps(
            rollups=self.rollups,
            metrics=self.metrics,
            kept=self.kept,
            series=summed_series(self.level),
            figures_of=partial(figures_by_series, level=self.level),
            now=self.clock,
        )

    def count(self, *rows: RollupInput, is_killed: bool = False) -> None:
        """Count rows, and print their metrics unless the function ends before that."""
        entries = counting(self.rollups, 0)(rows).entries
        if not is_killed:
            self.metrics.take(emf_lines(entries, stage="dev", level=self.level, now=self.clock()))

    def run(self) -> list[HourFigures]:
        """Do what the verifier does for some hours; CloudWatch shows at once what it is given."""
        filled = []
        for each in chain.from_iterable(self.fill() for _ in range(RUNS)):
            self.metrics.take(lines_of(each))
            filled.append(each)
        return filled

    def settle(self) -> None:
        """Let an hour come to rest, be noted, and stay as it is for long enough."""
        self.clock.turn(AT_REST + timedelta(hours=1))
        assert [] == self.run()
        self.clock.turn(SHOWN_AFTER)

    def differences(self) -> dict[str, tuple[float, float]]:
        """Return where CloudWatch differs from what it would have without any loss."""
        seen, there = self.kept.kept[hour_of(HOUR)].figures, self.metrics
        found = {}
        for series, named in seen.items():
            sums = there.by_hour(list(named), HOUR, HOUR + timedelta(hours=1), series=series)
            for name, figure in named.items():
                measured = round(sums[name].get(HOUR, 0.0), 6)
                if figure != measured:
                    found[f"{name} {series.value}"] = (figure, measured)
        return found


def lines_of(filled: HourFigures) -> Iterator[str]:
    at = datetime.fromisoformat(f"{filled.hour}:00+00:00")
    for series, figures in (filled.filled or {}).items():
        yield emf_line(figures, stage="dev", at=at, series=series)


@pytest.fixture(params=["essential", "full"])
def stage(request: pytest.FixtureRequest) -> Stage:
    return Stage(level=request.param)


def sent(number: int, **changes: Any) -> RollupInput:
    fields = {"state": State.SENT, "version": 2, "messages": {"m-1": Message(state=State.SENT)}}
    return line(number, **{**fields, **changes})


def delivered(number: int) -> RollupInput:
    return sent(number, state=State.DELIVERED, version=3)


def test_a_batch_whose_function_was_killed_is_given_to_cloudwatch_in_every_series(
    stage: Stage,
) -> None:
    stage.count(line(1), sent(2))
    stage.count(sent(1), delivered(3), is_killed=True)
    stage.settle()
    assert stage.differences()

    [filled] = stage.run()

    assert hour_of(HOUR) == filled.hour
    assert {} == stage.differences()


def test_it_is_given_once_however_long_cloudwatch_does_not_show_it(stage: Stage) -> None:
    stage.count(sent(1), is_killed=True)
    stage.settle()

    assert [hour_of(HOUR)] == [each.hour for _ in range(RUNS) for each in stage.fill()]
    assert [] == stage.run()
    stage.clock.turn(3 * DAY)
    assert [] == stage.run()


def test_nothing_is_given_of_what_cloudwatch_has(stage: Stage) -> None:
    stage.count(line(1), delivered(2))
    stage.count(sent(1))
    stage.settle()

    assert [] == stage.run()
    assert {} == stage.kept.kept[hour_of(HOUR)].filled


def test_what_may_be_under_way_is_no_gap(stage: Stage) -> None:
    """A receipt that came a moment ago is not shown yet, and would be counted twice."""
    stage.count(sent(1))
    stage.settle()
    stage.count(delivered(1), is_killed=True)  # or shown later: nobody can tell

    assert [] == stage.run()
    stage.clock.turn(SHOWN_AFTER - timedelta(hours=1))
    assert [] == stage.run()
    stage.clock.turn(timedelta(hours=1))
    [filled] = stage.run()
    assert {"Delivered": 1.0} == (filled.filled or {})[MetricSeries()]


def test_what_cloudwatch_has_twice_is_taken_back(stage: Stage) -> None:
    stage.count(sent(1))
    stage.metrics.take([emf_line({"Sent": 1}, stage="dev", at=HOUR)])
    stage.settle()

    [filled] = stage.run()

    assert {MetricSeries(): {"Sent": -1.0}} == filled.filled


def test_a_run_that_ends_between_the_record_and_the_lines_gives_nothing_twice(
    stage: Stage,
) -> None:
    """The gap stays, and `verify` goes on telling of it."""
    stage.count(sent(1), is_killed=True)
    stage.settle()
    next(chain.from_iterable(stage.fill() for _ in range(RUNS)))  # its lines are never printed

    assert [] == stage.run()
    assert stage.differences()


def test_a_run_that_ends_before_the_record_is_made_up_for(stage: Stage) -> None:
    stage.count(sent(1), is_killed=True)
    stage.settle()

    class Dies(FakeMetricFigures):
        def save(self, figures: HourFigures) -> bool:
            if figures.filled:
                raise RuntimeError(figures.hour)
            return super().save(figures)

    with pytest.raises(RuntimeError):
        for _ in range(RUNS):
            list(replace(stage.fill, kept=Dies(kept=stage.kept.kept))())
    [filled] = stage.run()
    assert filled.filled
    assert {} == stage.differences()


def test_of_two_runs_at_once_one_gives_it(stage: Stage) -> None:
    stage.count(sent(1), is_killed=True)
    stage.settle()

    class Overtaken(FakeMetricFigures):
        def save(self, figures: HourFigures) -> bool:
            if figures.filled:
                given.extend(stage.run())
            return super().save(figures)

    given: list[HourFigures] = []
    fill = replace(stage.fill, kept=Overtaken(kept=stage.kept.kept))
    slower = [each for _ in range(RUNS) for each in fill()]

    assert ([hour_of(HOUR)], []) == ([each.hour for each in given], slower)


def test_cloudwatch_is_given_nothing_that_it_would_refuse(stage: Stage) -> None:
    stage.count(sent(1), is_killed=True)
    stage.settle()
    stage.clock.turn(NOT_AFTER)

    assert all(each.hour > hour_of(HOUR) for each in stage.run())


def test_a_stage_that_was_never_looked_at_is_taken_up_a_day_of_hours_a_run(stage: Stage) -> None:
    list(stage.fill())
    assert MOST == len(stage.kept.kept)
    list(stage.fill())
    assert 2 * MOST == len(stage.kept.kept)
