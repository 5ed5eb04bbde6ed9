"""The verifier compares each hour that is over, and publishes what needs an operator."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from analytics import verifier
from ordercast.budgets.budget import Limits
from ordercast.budgets.velocity import Velocity
from ordercast.notifications.lifecycle import State
from ordercast.reconciliation.tracing import TracedRecords
from ordercast.rollups.rollup import hour_of
from ordercast.settings.analytics import HOURS_AGO
from ordercast.wiring.reconciliation import Verification
from ordercast.workflows.reconcile.compare_budgets import CompareBudgets
from ordercast.workflows.reconcile.compare_budgets_in_passes import CompareBudgetsInPasses
from ordercast.workflows.reconcile.compare_in_passes import CompareInPasses
from ordercast.workflows.reconcile.compare_metrics import CompareMetrics
from ordercast.workflows.reconcile.fill_metric_gaps import MOST, NOT_AFTER, SHOWN_AFTER
from ordercast.workflows.reconcile.list_shops import ListShops
from ordercast.workflows.reconcile.set_velocity_limits import SetVelocityLimits
from tests.analytics.verified_stage import HOUR, NOW, SETTINGS, Clock, Context, Stage
from tests.fakes.accounts import FakeAccounts
from tests.fakes.progress import FakeProgress
from tests.lines import line
from tests.reconciliation.test_count_charges import lost
from tests.rollups.test_rollups_balance import verifying


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    stage = Stage()
    monkeypatch.setattr(verifier, "datetime", Clock)
    compare = verifying(stage.rollups, stage.ledger)
    in_passes = CompareInPasses(
        progress=stage.progress,
        rollups=compare,
        records=stage,  # type: ignore[arg-type]  # a fake of it
        stream_retention=SETTINGS.stream_retention,
        now=lambda: Clock.now(UTC),
    )
    budgets = CompareBudgets(
        rollups=stage.rollups,
        accounts=FakeAccounts(),
        limits=Limits,
        rollups_differ=verifying(stage.rollups, stage.ledger),
        pause=lambda _: None,
        wait=HOUR,
    )
    wired = Verification(
        verify=compare,
        in_passes=in_passes,
        budgets=budgets,
        budgets_in_passes=CompareBudgetsInPasses(
            budgets=budgets,
            hours=in_passes,
            progress=FakeProgress(),
            now=lambda: Clock.now(UTC),
        ),
        velocity=SetVelocityLimits(
            rollups=stage.rollups,
            accounts=FakeAccounts(),
            velocity=Velocity(floor=Decimal(0), factor=Decimal(5)),
            now=lambda: NOW,
        ),
        scores=None,
        shops=ListShops(rollups=stage.rollups, shops=stage.shops, now=lambda: NOW),
        trace_records=stage,  # type: ignore[arg-type]  # a fake of it
        rollups=stage.rollups,  # type: ignore[arg-type]  # a fake of the port
        inputs=stage.ledger,  # type: ignore[arg-type]  # a fake of the port
        metrics=CompareMetrics(rollups=stage.rollups, metrics=stage.metrics),
        metric_figures=stage.metric_figures,  # type: ignore[arg-type]  # a fake of the port
        charges=stage.charges,
    )
    monkeypatch.setattr(verifier, "_wired", lambda: wired)
    monkeypatch.setattr(verifier, "_settings", lambda: SETTINGS)
    return stage


def handle(
    capsys: pytest.CaptureFixture[str], context: Context | None = None
) -> tuple[dict[str, Any], int]:
    answer = verifier.handler({}, context or Context())  # type: ignore[arg-type]  # a stand-in for the context
    lines = [json.loads(each) for each in capsys.readouterr().out.splitlines()]
    (differing,) = [each["RollupsDiffer"] for each in lines if "RollupsDiffer" in each]
    return answer, differing


def test_three_hours_are_compared_and_hours_that_agree_are_reported_as_zero(stage, capsys) -> None:
    for number, age in enumerate(HOURS_AGO, start=1):
        stage.counted(number, age * HOUR)

    answer, differing = handle(capsys)

    assert 0 == differing
    assert [1, 1, 1] == [each["notifications"] for each in answer["hours"].values()]


def test_an_hour_is_compared_once_at_each_age(stage, capsys) -> None:
    first, _ = handle(capsys)
    again, differing = handle(capsys)

    assert {hour_of(NOW - age * HOUR) for age in HOURS_AGO} == set(first["hours"])
    assert ({}, 0) == (again["hours"], differing)


def test_how_far_cloudwatch_is_from_the_rollups_stands_at_the_hour_after_a_day(
    stage, capsys
) -> None:
    """Before, CloudWatch may not show yet what it has got."""
    for number, age in enumerate(HOURS_AGO, start=1):
        stage.counted(number, age * HOUR)
    stage.metrics.sums = {"Accepted": {NOW - HOURS_AGO[2] * HOUR: 1.0}}

    verifier.handler({}, Context())  # type: ignore[arg-type]  # a stand-in for the context
    lines = [json.loads(each) for each in capsys.readouterr().out.splitlines()]
    off = {
        datetime.fromtimestamp(each["_aws"]["Timestamp"] / 1000, UTC): each["CloudWatchOff"]
        for each in lines
        if "CloudWatchOff" in each
    }

    assert {NOW - HOURS_AGO[1] * HOUR: 1, NOW - HOURS_AGO[2] * HOUR: 0} == off


def test_what_cloudwatch_lacks_of_an_hour_is_published_at_it_once(
    stage, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    begun = NOW - 100 * HOUR
    stage.counted(1, 100 * HOUR)
    for _ in range(NOT_AFTER // HOUR // MOST + 1):
        handle(capsys)
    monkeypatch.setattr(Clock, "minutes", 5 + SHOWN_AFTER // timedelta(minutes=1))
    for _ in range(NOT_AFTER // HOUR // MOST + 1):
        verifier.handler({}, Context())  # type: ignore[arg-type]  # a stand-in for the context
    lines = [json.loads(each) for each in capsys.readouterr().out.splitlines()]

    published = [each for each in lines if "Accepted" in each]
    assert [(1, "dev", begun)] == [
        (
            each["Accepted"],
            each["stage"],
            datetime.fromtimestamp(each["_aws"]["Timestamp"] / 1000, UTC),
        )
        for each in published
    ]


def test_what_an_invocation_has_no_time_for_is_left_to_the_next_ones(stage, capsys) -> None:
    """The records of the first hour, then its notifications, and only then another hour."""
    short = Context(timedelta(seconds=1))
    hours: list[str] = []
    for _ in range(200):
        answer, _ = handle(capsys, short)
        hours += answer["hours"]
        if len(hours) == len(HOURS_AGO):
            break

    assert {hour_of(NOW - age * HOUR) for age in HOURS_AGO} == set(hours)


def test_no_age_waits_for_another_that_takes_all_the_time(
    stage, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    """Each of an hour's runs begins with another age."""
    short, begun = Context(timedelta(seconds=1)), []
    for minute in (5, 25, 45):
        monkeypatch.setattr(Clock, "minutes", minute)
        handle(capsys, short)
        begun.append(set(stage.progress.kept))

    assert [{3}, {3, 26}, {3, 26, 74}] == begun


def test_records_are_placed_while_the_stream_has_them(stage, capsys) -> None:
    handle(capsys)

    assert [NOW - 3 * HOUR] == stage.reads_since


def test_whatever_needs_an_operator_is_published(stage, capsys) -> None:
    stage.counted(1, 3 * HOUR, version=2, state=State.SENT)
    stage.counted(2, 26 * HOUR)
    (amounts,) = [
        a for (b, _), a in stage.rollups.written.items() if b.hour < hour_of(NOW - 9 * HOUR)
    ]
    amounts["state#requested"] = 7
    stage.placed[NOW - 3 * HOUR] = TracedRecords(records=2, lost=["101"], unentered=["n-1"])

    answer, differing = handle(capsys)

    assert 4 == differing == answer["mismatches"]


def test_a_promised_notification_that_was_never_counted_is_reported(stage, capsys) -> None:
    one = line(1)
    one = replace(one, bucket=one.bucket._replace(hour=hour_of(NOW - 3 * HOUR)))
    stage.ledger.rows[one.id] = one
    stage.placed[NOW - 3 * HOUR] = TracedRecords(records=1, accepted=1, promised={one.id})

    assert 1 == handle(capsys)[1]


def test_unattributed_charges_are_counted_once_in_each_hour(stage, capsys) -> None:
    stage.receipt_logs.join([lost(at=NOW - timedelta(hours=73))])

    for _ in range(2):
        answer, differing = handle(capsys)
        assert (0, 0) == (
            differing,
            sum(each["notifications"] for each in answer["hours"].values()),
        )

    (amounts,) = stage.rollups.buckets([hour_of(NOW - timedelta(hours=73))[:10]]).values()
    assert {"charges": 1, "unattributed": Decimal("0.00645")} == amounts


def test_a_stage_that_shares_its_account_counts_no_charge(stage, monkeypatch, capsys) -> None:
    """It would be another stage's."""
    stage.receipt_logs.join([lost(at=NOW - timedelta(hours=73))])
    without = replace(verifier._wired(), charges=None)  # noqa: SLF001 - the fixture's
    monkeypatch.setattr(verifier, "_wired", lambda: without)
    handle(capsys)

    assert {} == stage.rollups.written
