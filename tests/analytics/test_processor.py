"""The handler of ledger changes counts rows, prints metrics and asks for failed changes again."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from analytics import processor
from ordercast.events.order_event import Channel
from ordercast.gateways.ledger.items import write_latest_status
from ordercast.notifications.lifecycle import State
from ordercast.notifications.status_rank import LatestStatus
from ordercast.workflows.count_changes import Count
from tests.examples import notification
from tests.fakes.rollups import FakeRollups
from tests.lines import change

RECORDED = Path(__file__).parents[1] / "recordings" / "aws"


class Context:
    aws_request_id = "r-1"


@pytest.fixture
def rollups(monkeypatch: pytest.MonkeyPatch) -> FakeRollups:
    """The rollups that the handler counts in, of stage dev."""
    rollups = FakeRollups()
    counting = Count(rollups=rollups, pause=lambda _: None, chance=lambda: 0.5)
    monkeypatch.setattr(processor, "_wired", lambda: counting)
    processor._settings.cache_clear()  # noqa: SLF001 - an environment of its own each time
    tables = {"LEDGER_TABLE": "l", "ROLLUPS_TABLE": "r"}
    for name, value in {"STAGE": "dev", "METRICS": "essential", **tables}.items():
        monkeypatch.setenv(name, value)
    return rollups


def handle(*records: Mapping[str, Any]) -> list[str]:
    answer = processor.handler({"Records": list(records)}, Context())  # type: ignore[arg-type]  # a stand-in for the context
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def printed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line for line in lines if "_aws" in line]


def states(rollups: FakeRollups) -> dict[str, Any]:
    (amounts,) = rollups.buckets(["2026-03-02"]).values()
    return {n.removeprefix("state#"): a for n, a in amounts.items() if n.startswith("state#")}


@pytest.mark.usefixtures("rollups")
def test_a_batch_prints_what_it_counted_and_its_repetition_prints_none(capsys) -> None:
    batch = [
        change(notification(1), name="INSERT"),
        change(notification(2), at=102, name="INSERT"),
    ]

    assert [] == handle(*batch)
    assert [2] == [line["Accepted"] for line in printed(capsys)]
    assert [] == handle(*batch)
    assert [] == printed(capsys)


def test_of_many_changes_to_one_notification_the_newest_counts(rollups) -> None:
    """Whatever their order in the batch."""
    rows = [
        notification(1),
        notification(1, state=State.SENDING, version=2),
        notification(1, state=State.SENT, version=3),
    ]

    handle(change(rows[0], at=101), change(rows[2], at=103), change(rows[1], at=102))

    assert {"sent": 1} == states(rollups)


def test_a_row_that_retention_removes_counts_as_nothing(rollups) -> None:
    """Counting deletions once made numbers fall as the data aged."""
    recorded = json.loads((RECORDED / "ddb_stream_event_ledger.json").read_text())["Records"][-1]
    assert "REMOVE" == recorded["eventName"]
    row = notification(1, state=State.DELIVERED)

    handle(change(row), recorded, change(row, at=102, name="REMOVE"))

    assert {"delivered": 1} == states(rollups)


def test_another_row_of_the_order_is_no_notification(rollups) -> None:
    latest_status = dict(
        write_latest_status(LatestStatus(order="o" * 22, channel=Channel.SMS, status_rank=5))
    )

    handle(
        {"eventName": "INSERT", "dynamodb": {"NewImage": latest_status, "SequenceNumber": "101"}}
    )

    assert [] == rollups.calls


def test_what_could_not_be_counted_is_asked_for_again_from_its_first_change_on(rollups) -> None:
    """Lambda goes on from the lowest number, which is a number and no text."""
    first = notification(1)
    second = replace(first, version=2)
    rollups.before = lambda: True

    assert ["98"] == handle(change(second, at=102), change(first, at=98), change(second, at=103))


def test_a_malformed_image_holds_up_no_other_change(rollups, caplog) -> None:
    broken = change(notification(1))
    del broken["dynamodb"]["NewImage"]["effective_at"]

    assert [] == handle(broken, change(notification(2), at=102))

    assert {"requested": 1} == states(rollups)
    assert ["KeyError"] == caplog.records[-1].bugs
