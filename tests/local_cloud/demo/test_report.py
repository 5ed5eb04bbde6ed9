"""The end of a demo says at a glance whether all is right, in 80 columns, with or without a terminal."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path

from rich.console import Console

from local_cloud.demo.comparison import CLOUDWATCH, SIMULATOR
from local_cloud.demo.day import RecordKind
from local_cloud.demo.outcome import MEMORY_LIMIT, DemoOutcome
from local_cloud.demo.report import print_outcome
from ordercast.operations.reconciliation import ReconciliationResult
from ordercast.reconciliation.comparison import Findings
from ordercast.reconciliation.tracing import TracedRecords
from ordercast.rollups.statistics import Figures
from tests.cli.local.test_inbox import message
from tests.local_cloud.demo.test_comparison import counts

RIGHT = ReconciliationResult(
    found=Findings(notifications=3, ended=0),
    records=TracedRecords(records=4, accepted=2, duplicate=1, parked=1),
    cloudwatch={},
    repaired=0,
)
OUTCOME = DemoOutcome(
    orders=1,
    put={RecordKind.ACCEPTED: 2, RecordKind.DUPLICATE: 1, RecordKind.PARKED: 1},
    aggregated=2,
    comparison=counts(),
    verified=RIGHT,
    away=12,
    figures=Figures(amounts={"state#delivered": 3, "carrier": Decimal("0.0129"), "e#500": 3}),
    example=message(),
    memory={"order relay": 70 * 2**20, "sms sender": 60 * 2**20},
    pages={"messages": Path("out/demo/index.html")},
    took=timedelta(seconds=60),
)


def printed(outcome: DemoOutcome) -> str:
    written = StringIO()
    print_outcome(outcome, Console(width=80, file=written))
    return written.getvalue()


def test_where_all_agree_the_outcome_is_right_and_says_so() -> None:
    text = printed(OUTCOME)
    assert OUTCOME.is_right
    assert "Four independent counts agree" in text
    assert "the rollups are right (3 notifications)" in text
    assert "Your order o-1 is confirmed." in text
    assert "MiB of 512: order relay 70, sms sender 60" in text
    assert "✗" not in text


def test_no_line_is_wider_than_a_terminal() -> None:
    names = ("order relay", "analytics processor", "email sender", "receipt tracker", "sweeper")
    large = replace(
        OUTCOME,
        comparison=counts(**{SIMULATOR: {"sms sent": 1_234_567}}),
        memory=dict.fromkeys((*names, "sms log forwarder", "sms sender"), 70 * 2**20),
    )
    assert max(map(len, printed(large).splitlines())) <= 80


def test_the_count_that_differs_is_named_with_what_it_counts() -> None:
    outcome = replace(OUTCOME, comparison=counts(**{CLOUDWATCH: {"email arrived": 7}}))
    assert not outcome.is_right
    assert "differ in email arrived; different: CloudWatch" in printed(outcome)


def test_a_record_that_ended_otherwise_than_it_was_put_is_not_right() -> None:
    lost = TracedRecords(records=4, accepted=3, parked=1)
    outcome = replace(OUTCOME, verified=replace(RIGHT, records=lost))
    assert not outcome.is_right
    assert "The numbers of records differ: accepted, duplicate." in printed(outcome)


def test_wrong_rollups_and_a_worker_that_is_too_large_are_not_right() -> None:
    wrong = replace(RIGHT, records=TracedRecords(records=4, accepted=2, duplicate=1, lost=["1"]))
    assert not replace(OUTCOME, verified=wrong).is_right
    large = replace(OUTCOME, memory={"order relay": MEMORY_LIMIT + 1})
    assert not large.is_right
    assert "More memory than 512 MiB: order relay" in printed(large)
