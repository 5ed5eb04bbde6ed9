"""Four counts side by side: any two that differ are seen, and the one that differs from the others is named."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from local_cloud.demo.comparison import (
    CLOUDWATCH,
    EXPECTED,
    FIGURES,
    ROLLUPS,
    SIMULATOR,
    Comparison,
)
from local_cloud.demo.day import DemoRecord, RecordKind
from local_cloud.demo.independent_counts import expected_count, rollup_count, simulator_count
from local_cloud.demo.shop import Result
from local_cloud.provider_simulator.charges import Charge
from ordercast.rollups.rollup import RollupKey
from tests.cli.local.test_inbox import EMAIL, message

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def counts(**changes: dict[str, int]) -> Comparison:
    """Every count has one of each figure, but for the changes."""
    same = {
        EXPECTED: [f for f in FIGURES if f not in {"parts", "cost"}],
        SIMULATOR: [f for f in FIGURES if f != "suppressed"],
        ROLLUPS: list(FIGURES),
        CLOUDWATCH: [f for f in FIGURES if f != "parts"],
    }
    return Comparison(
        counts={
            who: {f: Decimal(changes.get(who, {}).get(f, 1)) for f in figures}
            for who, figures in same.items()
        }
    )


def test_equal_counts_do_not_differ() -> None:
    assert [] == counts().disagreements
    assert [] == counts().outliers


@pytest.mark.parametrize("who", [EXPECTED, SIMULATOR, ROLLUPS, CLOUDWATCH])
def test_a_count_with_one_more_is_named(who: str) -> None:
    comparison = counts(**{who: {"sms sent": 2}})
    assert ["sms sent"] == comparison.disagreements
    assert [who] == comparison.outliers


def test_a_hundred_thousandth_of_a_dollar_is_a_disagreement() -> None:
    comparison = counts(**{SIMULATOR: {"cost": Decimal("1.00001")}})  # type: ignore[arg-type]  # any field may be changed
    assert ["cost"] == comparison.disagreements


def test_of_two_counts_that_differ_both_are_named() -> None:
    comparison = counts(**{SIMULATOR: {"parts": 3}})
    assert [SIMULATOR, ROLLUPS] == comparison.outliers


def test_the_expected_count_is_of_the_promised_results() -> None:
    event = DemoRecord(
        kind=RecordKind.ACCEPTED,
        order_id="o-1",
        key="o-1",
        aggregated=False,
        promised={"sms": Result.SUPPRESSED, "email": Result.FAILS},
    )
    counted = expected_count([event])
    assert {"email sent": 1, "email failed": 1, "suppressed": 1} == {
        figure: n for figure, n in counted.items() if n
    }


def test_the_simulator_counts_its_messages_and_its_charges() -> None:
    charge = Charge(
        message_id="m-1", channel="sms", parts=2, price=Decimal("0.0129"), outcome="failed"
    )
    counted = simulator_count([message(), EMAIL, EMAIL], [charge])
    expected = {"sms sent": 1, "email sent": 2, "sms failed": 1, "parts": 2}
    assert expected | {"cost": Decimal("0.0129")} == {f: n for f, n in counted.items() if n}


def test_rollups_are_counted_by_channel_with_zero_for_what_is_in_none() -> None:
    bucket = RollupKey("2026-03-02T09", "sms", "US", "confirmed", None, None)
    amounts = {"state#delivered": 3, "state#suppressed": 1, "taken": 3, "parts": 4}
    counted = rollup_count({bucket: amounts | {"carrier": Decimal("0.02")}})
    assert counted["sms sent"] == counted["sms arrived"] == Decimal(3)
    assert (Decimal(0), Decimal(1)) == (counted["email sent"], counted["suppressed"])
    assert (Decimal(4), Decimal("0.02")) == (counted["parts"], counted["cost"])
