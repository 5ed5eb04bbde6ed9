"""Every alarm publishes on the alarm topic and links to its entry in the runbook."""

import re

import pytest

from tests.pipeline.synthesis import ROOT, Synthesis

pytestmark = pytest.mark.synth

ALARM = "AWS::CloudWatch::Alarm"


def test_every_alarm_publishes_on_a_topic(synthesis: Synthesis) -> None:
    for stack, logical_id, alarm in synthesis.each(ALARM):
        (action,) = alarm["Properties"]["AlarmActions"]
        assert "AWS::SNS::Topic" == synthesis.target(stack, action)["Type"], logical_id


def test_every_alarm_says_how_missing_data_is_treated(synthesis: Synthesis) -> None:
    """By default an idle night would be INSUFFICIENT_DATA; a missing heartbeat is a failure."""
    for _, logical_id, alarm in synthesis.each(ALARM):
        means = "breaching" if "HeartbeatMissing" in logical_id else "notBreaching"
        assert means == alarm["Properties"]["TreatMissingData"]


def test_every_alarm_has_its_entry_in_the_runbook_and_every_entry_its_alarm(
    synthesis: Synthesis,
) -> None:
    runbook = (ROOT / "docs" / "runbook.md").read_text()
    entries = re.findall(r"^### (\w+)$", runbook, flags=re.MULTILINE)
    ids = {
        alarm["Metadata"]["aws:cdk:path"].split("/")[-2] for _, _, alarm in synthesis.each(ALARM)
    }
    # A stage may do without a heartbeat.
    assert ids | {"HeartbeatMissing"} == set(entries)
    assert len(set(entries)) == len(entries)


def test_every_alarm_points_to_its_entry(synthesis: Synthesis) -> None:
    for _, _, alarm in synthesis.each(ALARM):
        name = alarm["Metadata"]["aws:cdk:path"].split("/")[-2]
        assert f"docs/runbook.md#{name.lower()}" in alarm["Properties"]["AlarmDescription"]


def test_every_queue_of_dead_letters_is_watched(synthesis: Synthesis) -> None:
    """A dead letter waits for an operator."""
    watched = {
        synthesis.resolve(stack, dimension["Value"])
        for stack, _, alarm in synthesis.each(ALARM)
        for dimension in alarm["Properties"].get("Dimensions", ())
        if "QueueName" == dimension["Name"]
    }
    read = {
        synthesis.resolve(stack, mapping["EventSourceArn"])
        for stack, mapping, _ in synthesis.queue_mappings
    }
    queues = {(stack, logical_id) for stack, logical_id, _ in synthesis.each("AWS::SQS::Queue")}
    assert queues - read == watched


def test_every_event_function_is_watched_for_errors(synthesis: Synthesis) -> None:
    """All but the one that only CloudFormation calls, which reports its failure as a failed deployment."""
    watched = {
        synthesis.target(stack, dimension["Value"])["Properties"]["Handler"]
        for stack, _, alarm in synthesis.each(ALARM)
        for dimension in alarm["Properties"].get("Dimensions", ())
        if "Errors" == alarm["Properties"]["MetricName"]
    }
    handlers = {function["Handler"] for _, _, function in synthesis.functions}
    assert handlers - {"processors.sms_attributes.handler"} == watched


def test_each_stream_reader_is_watched_for_age_for_giving_up_and_for_loss(
    synthesis: Synthesis,
) -> None:
    readers = ["IteratorAge", "OnFailureDestinationDeliveredEventCount", "DroppedEventCount"]
    metrics = [alarm.get("MetricName") for alarm in synthesis.properties(ALARM)]
    assert [2, 2, 2] == [metrics.count(each) for each in readers]


def test_alarms_may_publish_on_the_encrypted_topic(synthesis: Synthesis) -> None:
    policies = synthesis.templates[f"Ordercast-{synthesis.stage}-Observability"]["Resources"]
    (policy,) = [each for each in policies.values() if each["Type"] == "AWS::SNS::TopicPolicy"]
    (allowed,) = [
        statement
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if "Allow" == statement["Effect"]
    ]
    assert {"Service": "cloudwatch.amazonaws.com"} == allowed["Principal"]
    assert {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}} == (
        allowed["Condition"]
    )
