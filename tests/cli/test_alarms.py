"""`ordercast alarms` says what rings, since when, how far over its threshold, and where the runbook tells of it."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from ordercast.cli import alarms
from ordercast.gateways import clients
from ordercast.operations.alarms import AlarmState, alarm_of
from ordercast.settings.alarm_severity import OUTSIDE_HEALTH, RATED, Severity, severity_of
from tests.aws_in_memory import aws_in_memory
from tests.pages import ROOT

STACK = "Ordercast-prod-Observability-Alarms"
NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def cloudwatch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The alarms of a stage with a second Region, none of which rings."""
    clients.session.cache_clear()
    where = SimpleNamespace(
        stage="prod",
        region="us-east-1",
        settings=SimpleNamespace(second_region=SimpleNamespace(region="us-west-2")),
    )
    monkeypatch.setattr(alarms, "target", lambda *_: where)
    with aws_in_memory(monkeypatch):
        client = boto3.client("cloudwatch")
        for name in ("SweeperBehind", "AccountTrouble", "BudgetHalfUsed"):
            put(client, f"{STACK}{name}1A2B3C4D-XYZ", name)
        put(
            boto3.client("cloudwatch", "us-west-2"), "Ordercast-prod-SecondRegion-Alarms", "Bounces"
        )
        put(
            client, "Ordercast-prod-eu-Observability-AlarmsAccountTrouble1A2B-XYZ", "AccountTrouble"
        )
        put(client, "another-program", "AccountTrouble")
        yield client
    clients.session.cache_clear()


def put(client: Any, name: str, id_: str, **changes: Any) -> None:
    measured = {
        "Namespace": "Ordercast",
        "MetricName": id_,
        "Dimensions": [{"Name": "stage", "Value": "prod"}],
        "Statistic": "Maximum",
        "Period": 300,
    }
    client.put_metric_alarm(
        AlarmName=name,
        AlarmDescription=f"What is due waits. docs/runbook.md#{id_.lower()}",
        Threshold=600,
        EvaluationPeriods=3,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        **{**measured, **changes},
    )


def ring(client: Any, *ids: str) -> None:
    for id_ in ids:
        client.set_alarm_state(
            AlarmName=f"{STACK}{id_}1A2B3C4D-XYZ", StateValue="ALARM", StateReason="it crossed"
        )


def test_while_nothing_rings_it_says_so_with_status_0(run) -> None:
    assert (0, "No alarm rings.\n", "") == run("alarms", "--stage", "prod")


def test_what_rings_is_said_with_since_when_value_threshold_and_its_entry(run, cloudwatch) -> None:
    ring(cloudwatch, "SweeperBehind")
    cloudwatch.put_metric_data(
        Namespace="Ordercast",
        MetricData=[
            {
                "MetricName": "SweeperBehind",
                "Dimensions": [{"Name": "stage", "Value": "prod"}],
                "Timestamp": NOW - timedelta(minutes=6),
                "Value": 1234,
            }
        ],
    )

    status, out, _ = run("alarms", "--stage", "prod")

    assert 1 == status
    first, second, third, last = out.splitlines()
    assert re.match(r"warning  SweeperBehind rings since .* UTC, just now \(us-east-1\)", first)
    assert "What is due waits. Value 1234; rings at least 600 in 3 x 5 min." == second.strip()
    assert "docs/runbook.md#sweeperbehind" == third.strip()
    assert "1 alarm rings." == last


def test_the_most_urgent_come_first_and_a_notice_is_no_failure(run, cloudwatch) -> None:
    ring(cloudwatch, "BudgetHalfUsed")
    assert 0 == run("alarms", "--stage", "prod")[0]

    ring(cloudwatch, "SweeperBehind", "AccountTrouble")
    status, out, _ = run("alarms", "--stage", "prod", "--json")

    assert 1 == status
    said = [(each["id"], each["severity"], each["value"]) for each in json.loads(out)]
    assert [
        ("AccountTrouble", "urgent", None),
        ("SweeperBehind", "warning", None),
        ("BudgetHalfUsed", "notice", None),
    ] == said


def test_all_lists_the_quiet_ones_of_both_regions_and_of_no_other_stage(run, cloudwatch) -> None:
    ring(cloudwatch, "SweeperBehind")
    out = json.loads(run("alarms", "--stage", "prod", "--all", "--json")[1])

    assert "SweeperBehind" == out[0]["id"]
    assert {"us-east-1": 3, "us-west-2": 1} == {
        region: [each["region"] for each in out].count(region)
        for region in ("us-east-1", "us-west-2")
    }
    assert all(each["name"].startswith("Ordercast-prod-") for each in out)
    assert "1 alarm rings, 3 do not." in run("alarms", "--stage", "prod", "--all")[1]


def test_an_alarm_on_several_metrics_has_a_value_and_one_composed_of_others_no_threshold(
    run, cloudwatch
) -> None:
    stat = {
        "Metric": {"Namespace": "Ordercast", "MetricName": "Sent", "Dimensions": []},
        "Period": 3600,
        "Stat": "Sum",
    }
    cloudwatch.put_metric_alarm(
        AlarmName=f"{STACK}SmsErrorsHigh1A2B3C4D-XYZ",
        AlarmDescription="Too many calls fail. docs/runbook.md#smserrorshigh",
        Threshold=2,
        EvaluationPeriods=1,
        ComparisonOperator="GreaterThanThreshold",
        Metrics=[{"Id": "sent", "MetricStat": stat, "ReturnData": True}],
    )
    cloudwatch.put_metric_data(
        Namespace="Ordercast",
        MetricData=[{"MetricName": "Sent", "Timestamp": NOW - timedelta(minutes=1), "Value": 7}],
    )
    ring(cloudwatch, "SmsErrorsHigh")

    out = json.loads(run("alarms", "--stage", "prod", "--json")[1])

    assert [("SmsErrorsHigh", 7.0, "above 2 in 60 min")] == [
        (each["id"], each["value"], each["threshold"]) for each in out
    ]
    health = alarm_of(
        {
            "AlarmName": f"{STACK.removesuffix('Alarms')}AlarmsHealth0A1B2C3D-XYZ",
            "AlarmDescription": "An alarm of this stage is on. docs/runbook.md#health",
            "AlarmRule": "ALARM(a)",
            "StateValue": "ALARM",
        },
        "us-east-1",
    )
    assert ("Health", AlarmState.RINGS, "", False) == (
        health.id,
        health.state,
        health.threshold,
        health.calls_for_an_operator,
    )


def test_cloudwatch_that_cannot_be_read_is_an_error_and_not_silence(
    run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: Any, **__: Any) -> Any:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "DescribeAlarms")

    monkeypatch.setattr(clients, "account_facts", denied)
    status, _, err = run("alarms", "--stage", "prod")

    assert 1 == status
    assert "AccessDenied" in err


def test_every_alarm_with_a_severity_of_its_own_has_an_entry_in_the_runbook() -> None:
    runbook = (ROOT / "docs" / "runbook.md").read_text()
    entries = set(re.findall(r"^### (\w+)$", runbook, flags=re.MULTILINE))

    assert set() == RATED - entries
    notices = {each for each in OUTSIDE_HEALTH if severity_of(each) is Severity.NOTICE}
    assert {"BudgetHalfUsed", "BudgetNearlyUsed"} == notices
    assert Severity.URGENT is severity_of("StatusEventsLost")
    assert Severity.WARNING is severity_of("SweeperBehind")
