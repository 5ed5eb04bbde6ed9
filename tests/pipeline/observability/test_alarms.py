"""Every alarm publishes on the alarm topic and links to its entry in the runbook."""

import re

import pytest
from msgspec.structs import replace

from pipeline.settings.checks import contradictions
from pipeline.settings.files import read_stage
from tests.pipeline.observability.alarms import ALARM, alarm_of, functions_of, metrics
from tests.pipeline.synthesis import ROOT, Resource, Synthesis

pytestmark = pytest.mark.synth


def test_every_alarm_publishes_on_a_topic(synthesis: Synthesis) -> None:
    for stack, logical_id, alarm in _of_operators(synthesis):
        (action,) = alarm["Properties"]["AlarmActions"]
        assert "AWS::SNS::Topic" == synthesis.target(stack, action)["Type"], logical_id


def test_that_it_is_over_is_told_too(synthesis: Synthesis) -> None:
    for _, _, alarm in _of_operators(synthesis):
        assert alarm["Properties"]["AlarmActions"] == alarm["Properties"]["OKActions"]


def test_every_alarm_says_how_missing_data_is_treated(synthesis: Synthesis) -> None:
    """By default an idle night would be INSUFFICIENT_DATA; what should come always is missed."""
    for _, logical_id, alarm in synthesis.each(ALARM):
        missed = any(each in logical_id for each in ("HeartbeatMissing", "Stopped"))
        means = "breaching" if missed else "notBreaching"
        assert means == alarm["Properties"]["TreatMissingData"]


def test_every_alarm_has_its_entry_in_the_runbook_and_every_entry_its_alarm(
    synthesis: Synthesis,
) -> None:
    runbook = (ROOT / "docs" / "runbook.md").read_text()
    entries = re.findall(r"^### (\w+)$", runbook, flags=re.MULTILINE)
    ids = {
        alarm["Metadata"]["aws:cdk:path"].split("/")[-2] for _, _, alarm in synthesis.each(ALARM)
    }
    # A stage may do without a heartbeat, versions, End User Messaging and status events.
    missing = {"HeartbeatMissing", "SmsHeartbeatMissing", "EndUserMessagingSpendHigh"}
    missing |= {f"StatusEvents{each}" for each in ("Errors", "Behind", "GaveUp", "Lost")}
    assert ids | missing | {"Health", "ReleaseFails"} == set(entries)
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
        if alarm["Properties"]["MetricName"] == "ApproximateNumberOfMessagesVisible"
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


def test_a_verifier_that_fails_once_rings(synthesis: Synthesis) -> None:
    """It runs three times an hour and is not retried: three errors within minutes never come."""
    alarm = alarm_of(synthesis, "VerifierErrors")
    assert ("Errors", "Sum", "GreaterThanOrEqualToThreshold") == (
        alarm["MetricName"],
        alarm["Statistic"],
        alarm["ComparisonOperator"],
    )
    assert (3600, 1, 1) == (alarm["Period"], alarm["EvaluationPeriods"], alarm["Threshold"])
    assert {"Verifier"} == functions_of(alarm)


@pytest.mark.parametrize(("function", "period"), [("Sweeper", 60), ("Verifier", 3600)])
def test_a_function_of_a_schedule_that_does_not_run_rings(
    synthesis: Synthesis, function: str, period: int
) -> None:
    """One that is not invoked makes no errors."""
    alarm = alarm_of(synthesis, f"{function}Stopped")
    assert ("Invocations", "LessThanThreshold", 1) == (
        alarm["MetricName"],
        alarm["ComparisonOperator"],
        alarm["Threshold"],
    )
    assert (period, 3) == (alarm["Period"], alarm["EvaluationPeriods"])
    # Without an invocation there is no data either.
    assert ("Sum", "breaching") == (alarm["Statistic"], alarm["TreatMissingData"])
    assert {function} == functions_of(alarm)


def test_every_work_queue_is_watched_for_its_oldest_message(synthesis: Synthesis) -> None:
    """In the last of them a message could wait for four days before it becomes a dead letter."""
    alarms = [
        (stack, alarm["Properties"])
        for stack, _, alarm in synthesis.each(ALARM)
        if alarm["Properties"].get("MetricName") == "ApproximateAgeOfOldestMessage"
    ]
    watched = {synthesis.resolve(s, each["Dimensions"][0]["Value"]) for s, each in alarms}
    read = {
        synthesis.resolve(stack, mapping["EventSourceArn"])
        for stack, mapping, _ in synthesis.queue_mappings
    }
    assert read == watched
    assert {("Maximum", 1800, "GreaterThanOrEqualToThreshold")} == {
        (each["Statistic"], each["Threshold"], each["ComparisonOperator"]) for _, each in alarms
    }


def test_throttling_is_watched_of_functions_stream_tables_and_indexes(
    synthesis: Synthesis,
) -> None:
    """Each is retried and counts as no error: it shows as nothing but lateness."""
    functions = metrics(alarm_of(synthesis, "FunctionsThrottled"))
    assert {"Throttles"} == {name for name, _ in functions}
    assert 8 == len(functions)  # the seven of the stage, and the account's forwarder
    dropped = metrics(alarm_of(synthesis, "InvocationsDropped"))
    assert ["AsyncEventsDropped"] * 3 == [name for name, _ in dropped]
    stream = alarm_of(synthesis, "OrdersTurnedAway")["MetricName"]
    assert "WriteProvisionedThroughputExceeded" == stream
    tables = sorted(
        (index["IndexName"] if index else "")
        for table in synthesis.properties("AWS::DynamoDB::Table")
        for index in (None, *table.get("GlobalSecondaryIndexes", ()))
    )
    assert 10 == len(tables)  # four tables, and six indexes
    for name in ("TableWritesThrottled", "TableReadsThrottled"):
        watched = metrics(alarm_of(synthesis, name))
        assert tables == sorted(each.get("GlobalSecondaryIndexName", "") for _, each in watched)


def test_an_alarm_adds_up_no_more_metrics_than_cloudwatch_takes(synthesis: Synthesis) -> None:
    for alarm in synthesis.properties(ALARM):
        assert len(metrics(alarm)) <= 10


def test_the_account_s_reputation_rings_before_ses_reviews_it(synthesis: Synthesis) -> None:
    bounces, complaints = (alarm_of(synthesis, f"{each}High") for each in ("Bounces", "Complaints"))
    assert ("AWS/SES", "Reputation.BounceRate") == (bounces["Namespace"], bounces["MetricName"])
    assert "Reputation.ComplaintRate" == complaints["MetricName"]
    assert (True, True) == (bounces["Threshold"] < 0.05, complaints["Threshold"] < 0.001)
    assert {"GreaterThanOrEqualToThreshold"} == {
        each["ComparisonOperator"] for each in (bounces, complaints)
    }


def test_the_month_s_texts_ring_below_the_limit_of_a_new_account(synthesis: Synthesis) -> None:
    spend = alarm_of(synthesis, "SmsSpendHigh")
    assert ("AWS/SNS", "SMSMonthToDateSpentUSD", "Maximum") == (
        spend["Namespace"],
        spend["MetricName"],
        spend["Statistic"],
    )
    limit = 1_000 if "local" == synthesis.stage else 1  # what the simulator has, in US dollars
    assert 0 < spend["Threshold"] < limit
    assert "GreaterThanOrEqualToThreshold" == spend["ComparisonOperator"]


def test_one_alarm_says_whether_any_other_is_on_but_for_notices(
    synthesis: Synthesis,
) -> None:
    """CloudWatch takes 100 alarms and 10,240 characters in a rule."""
    (health,) = synthesis.properties("AWS::CloudWatch::CompositeAlarm")
    parts = health["AlarmRule"]["Fn::Join"][1]
    named = {each["Fn::GetAtt"][0] for each in parts if not isinstance(each, str)}
    all_of_them = {logical_id for _, logical_id, _ in _of_operators(synthesis)}
    apart = ("HalfUsed", "NearlyUsed", "StatusEvents")
    outside = {each for each in all_of_them if any(name in each for name in apart)}
    assert all_of_them - outside == named
    assert len(outside) in {2, 6}  # with status events
    assert len(named) <= 100
    assert sum(len(each) if isinstance(each, str) else LONGEST_ARN for each in parts) < 10_240


def test_whoever_writes_to_everybody_must_say_who_is_told_of_alarms() -> None:
    """An alarm that nobody hears of is none."""
    prod = read_stage("prod")
    nobody = replace(prod, alarms=replace(prod.alarms, email=None))
    paged = replace(prod, alarms=replace(nobody.alarms, url="https://example.com/alarms"))

    assert ["alarms.email"] == [each for each, _ in contradictions(nobody)]
    assert [] == list(contradictions(paged))
    assert [] == list(contradictions(replace(nobody, allowed_recipients="*@example.com")))


LONGEST_ARN = 170
"""Characters of an alarm's ARN: a stack's name, the id, and a suffix."""


def _of_operators(synthesis: Synthesis) -> list[tuple[str, str, Resource]]:
    """Return the alarms that somebody is told of; the pipeline's own takes a deployment back."""
    observing = f"Ordercast-{synthesis.stage}-Observability"
    return [each for each in synthesis.each(ALARM) if each[0] == observing]
