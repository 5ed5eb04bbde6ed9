"""Which hours `ordercast verify` compares, and how it shows what it found."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from rich.console import Console

from ordercast.cli.output.reconciliation import show_result
from ordercast.operations.reconciliation import (
    ReconciliationResult,
    verifier_settings,
    whole_hours,
)
from ordercast.operations.target import Target
from ordercast.reconciliation.comparison import Findings
from ordercast.reconciliation.tracing import TracedRecords
from ordercast.usage_error import UsageError
from pipeline.settings.files import read_stage
from tests.fakes.stage_names import NAMES

NOW = datetime(2026, 3, 2, 9, 40, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "until", "begins", "ends"),
    [
        (None, None, "2026-03-01T09:00", "2026-03-02T09:40:30"),
        ("36h", None, "2026-02-28T21:00", "2026-03-02T09:40:30"),
        ("2026-03-01", "1h", "2026-03-01T00:00", "2026-03-02T08:40:30"),
        ("2026-03-02T08", "2026-03-02T09", "2026-03-02T08:00", "2026-03-02T09:00"),
        ("2026-03-01T10:30:00+02:00", "2026-03-01T12", "2026-03-01T08:00", "2026-03-01T12:00"),
        (None, "2026-02-20", "2026-02-19T00:00", "2026-02-20T00:00"),
    ],
)
def test_hours_are_compared_whole(since, until, begins, ends) -> None:
    expected = tuple(datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (begins, ends))

    assert expected == whole_hours(since, until, now=NOW)


@pytest.mark.parametrize(
    ("since", "until", "usage_error"),
    [
        ("yesterday", None, "--since: yesterday is neither a span"),
        (None, "9 o'clock", "--until: 9 o'clock is neither a span"),
        ("1h", "2h", "the period ends before it begins"),
    ],
)
def test_what_is_no_period_is_answered_in_one_line(since, until, usage_error) -> None:
    with pytest.raises(UsageError, match=usage_error):
        whole_hours(since, until, now=NOW)


def test_sums_of_millions_are_shown_whole_and_what_a_float_cannot_hold_is_no_difference() -> None:
    output = StringIO()
    cloudwatch = {
        "Accepted": (12_345_678.0, 12_345_670.0),
        "CostUSD": (30.86225, 30.862249999999989),
    }
    found = Findings(notifications=12_345_678, ended=0)

    result = ReconciliationResult(
        found=found, records=TracedRecords(), cloudwatch=cloudwatch, repaired=0
    )
    show_result(result, Console(file=output, width=100))

    shown = [line.split() for line in output.getvalue().splitlines()]
    assert ["Accepted", "12,345,678", "12,345,670", "-8"] in shown
    assert ["CostUSD", "30.86225", "30.86225", "+0"] in shown


@pytest.mark.parametrize(("stage", "seconds"), [("dev", 30), ("local", 3)])
def test_the_second_look_comes_when_the_stage_says_or_when_it_is_asked_for(
    stage: str, seconds: int
) -> None:
    target = Target(settings=read_stage(stage), names=NAMES)
    assert timedelta(seconds=seconds) == verifier_settings(target).second_look
    pause = timedelta(seconds=9)
    assert pause == verifier_settings(target, second_look=pause).second_look
