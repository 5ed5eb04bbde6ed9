"""How far CloudWatch is from the rollups is said in sums, and since which hour."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from msgspec.structs import replace

from ordercast.gateways.cloudwatch import MetricSums
from ordercast.rollups.rollup import hour_of
from ordercast.workflows.read_rollups import HOUR
from ordercast.workflows.reconcile.compare_metrics import (
    COUNTS,
    CompareMetrics,
    Metrics,
    MetricsComparison,
)
from tests.fakes.metrics import FakeMetrics
from tests.fakes.rollups import FakeRollups
from tests.lines import line
from tests.promises.rollups import count

FIRST = datetime.fromisoformat("2026-03-02T07:00:00+00:00")
HOURS = [hour_of(FIRST + n * HOUR) for n in range(3)]


@pytest.fixture
def rollups() -> FakeRollups:
    """Rollups in which two notifications are accepted in each of three hours."""
    rollups = FakeRollups()
    for number in range(6):
        row = line(number + 1)
        count(rollups, replace(row, bucket=row.bucket._replace(hour=HOURS[number // 2])))
    return rollups


def compared(rollups: FakeRollups, *accepted: float) -> MetricsComparison:
    metrics = FakeMetrics({"Accepted": {FIRST + n * HOUR: a for n, a in enumerate(accepted)}})
    return CompareMetrics(rollups=rollups, metrics=metrics)(HOURS)


def test_what_agrees_is_off_since_never(rollups: FakeRollups) -> None:
    same = compared(rollups, 2, 2, 2)

    assert ((6, 6), None, 0) == (same.sums["Accepted"], same.off_since, same.off_by)


def test_a_batch_that_cloudwatch_never_got_is_named_with_its_hour(rollups: FakeRollups) -> None:
    short = compared(rollups, 2, 0.0, 2)

    assert ((6, 4), HOURS[1], 2) == (short.sums["Accepted"], short.off_since, short.off_by)


def test_too_much_in_one_hour_does_not_make_up_for_too_little_in_another(
    rollups: FakeRollups,
) -> None:
    shifted = compared(rollups, 3, 1, 2)

    assert ((6, 6), HOURS[0], 2) == (
        shifted.sums["Accepted"],
        shifted.off_since,
        shifted.off_by,
    )


def test_what_a_float_cannot_hold_is_no_difference() -> None:
    cent = dict.fromkeys(COUNTS, (0.0, 0.0)) | {"CostUSD": (30.86225, 30.862249999999989)}

    assert MetricsComparison(by_hour={HOURS[0]: cent}).off_since is None


Answers = Callable[[Mapping[datetime, float]], Metrics]
"""Make what has these sums of one metric."""


class MetricsPromises:
    """Mix in, with a fixture `answers`."""

    @pytest.mark.parametrize("sums", [{}, {FIRST: 3.0}, {FIRST + HOUR: 1.5, FIRST: -2.0}])
    def test_sums_stand_at_the_begin_of_their_hour(
        self, answers: Answers, sums: Mapping[datetime, float]
    ) -> None:
        found = answers(sums).by_hour(["Accepted"], FIRST, FIRST + 2 * HOUR)
        assert {"Accepted": dict(sums)} == found


class TestFakeMetrics(MetricsPromises):
    @pytest.fixture
    def answers(self) -> Answers:
        return lambda sums: FakeMetrics({"Accepted": dict(sums)})


class TestMetricSums(MetricsPromises):
    @pytest.fixture
    def answers(self) -> Answers:
        return _cloudwatch


def _cloudwatch(sums: Mapping[datetime, float]) -> Metrics:
    # Nothing leaves: the stub answers before a request is signed.
    client = boto3.client("cloudwatch", region_name="us-east-1")
    stubber = Stubber(client)
    result: dict[str, Any] = {
        "Id": "m0",
        "Timestamps": list(sums),
        "Values": list(sums.values()),
    }
    stubber.add_response("get_metric_data", {"MetricDataResults": [result]})
    stubber.activate()
    return MetricSums(client=client, namespace="Ordercast", stage="dev")
