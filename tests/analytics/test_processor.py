"""Ledger changes in, EMF lines that CloudWatch understands out."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from analytics import processor
from analytics.changes import accepted
from analytics.metrics import emf_line
from gateways.ledger_item import write
from notifications.lifecycle import State
from tests.examples import notification

RECORDED = Path(__file__).parents[1] / "recordings" / "aws"
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def change(name: str, state: State = State.REQUESTED) -> dict[str, Any]:
    image = write(notification(state=state))
    images = {"OldImage": image} if name == "REMOVE" else {"NewImage": image}
    return {"eventName": name, "dynamodb": images}


def test_a_notification_counts_once_when_it_is_entered_to_be_sent() -> None:
    records = [
        change("INSERT"),
        change("MODIFY", State.SENDING),
        change("MODIFY", State.SENT),
        change("INSERT"),
    ]

    assert 2 == accepted(records)


def test_what_waits_for_the_morning_counts_when_it_is_entered_and_not_again_then() -> None:
    records = [change("INSERT", State.DEFERRED), change("MODIFY", State.REQUESTED)]

    assert 1 == accepted(records)


def test_what_is_suppressed_at_once_was_not_accepted() -> None:
    assert 0 == accepted([change("INSERT", State.SUPPRESSED)])


def test_a_row_that_retention_removes_counts_as_nothing() -> None:
    """Counting deletions once made numbers fall as the data aged."""
    recorded = json.loads((RECORDED / "ddb_stream_event_ledger.json").read_text())["Records"][-1]
    assert "REMOVE" == recorded["eventName"]

    assert 0 == accepted([recorded, change("REMOVE")])


def test_another_row_of_the_order_is_no_notification() -> None:
    other = change("INSERT")
    other["dynamodb"]["NewImage"]["sk"] = {"S": "head#email"}

    assert 0 == accepted([other])


def test_a_line_is_one_object_whose_metrics_and_dimensions_are_its_members() -> None:
    line = emf_line({"Accepted": 3}, stage="dev", at=AT)

    assert "\n" not in line
    document = json.loads(line)
    [directive] = document["_aws"]["CloudWatchMetrics"]
    assert 1772443800000 == document["_aws"]["Timestamp"]
    assert [["stage"]] == directive["Dimensions"]
    assert {"Name": "Accepted", "Unit": "Count"} in directive["Metrics"]
    assert ("dev", 3) == (document["stage"], document["Accepted"])


class Context:
    aws_request_id = "r-1"


@pytest.fixture
def _stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("STAGE", "dev")
    yield
    processor._settings.cache_clear()  # noqa: SLF001 - an environment of its own each time


@pytest.mark.usefixtures("_stage")
def test_a_batch_prints_its_count_and_a_quiet_one_prints_none(capsys) -> None:
    def printed(*records: dict[str, Any]) -> list[int]:
        answer = processor.handler({"Records": list(records)}, Context())  # type: ignore[arg-type]
        assert {"batchItemFailures": []} == answer
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        return [line["Accepted"] for line in lines if "_aws" in line]

    assert [2] == printed(change("INSERT"), change("INSERT"))
    assert [] == printed(change("MODIFY", State.SENT))
