"""A stage may tell shops what became of messages: a topic, and a second function on the ledger's stream."""

from typing import Any

import pytest
from msgspec.structs import replace

from local_cloud.deploy_proof.policy import allows, unneeded
from ordercast.operations.forecast import counted
from ordercast.settings.status_events import StatusEventsFunctionSettings
from pipeline.settings.files import read_stage
from tests.pipeline.functions.policy_calls import Policies
from tests.pipeline.functions.statements import actions_of, statements_of_function
from tests.pipeline.observability import test_alarms
from tests.pipeline.observability.alarms import ALARM, alarm_of
from tests.pipeline.observability.test_forecast import looked_at
from tests.pipeline.synthesis import Resource, Synthesis, synthesise_settings
from tests.pipeline.test_outputs import exports

pytestmark = pytest.mark.synth

HANDLER = "processors.status_events.handler"
PIPELINE = "Ordercast-prod-Pipeline"


@pytest.fixture(scope="module")
def telling(tmp_path_factory) -> Synthesis:
    """Prod with status events."""
    prod = read_stage("prod")
    on = replace(prod, status_events=replace(prod.status_events, enabled=True))
    return synthesise_settings(on, tmp_path_factory.mktemp("telling"))


def _mappings(telling: Synthesis) -> list[Resource]:
    return [
        mapping
        for _, mapping, source in telling.stream_mappings
        if source["Type"] == "AWS::DynamoDB::Table"
    ]


def _mapping(telling: Synthesis) -> Resource:
    return next(
        mapping
        for mapping in _mappings(telling)
        if telling.target(PIPELINE, mapping["FunctionName"])["Properties"]["Handler"] == HANDLER
    )


def test_it_is_off_unless_a_stage_switches_it_on(synthesis: Synthesis) -> None:
    assert HANDLER not in {function["Handler"] for _, _, function in synthesis.functions}
    assert 1 == len(_mappings(synthesis))


def test_the_stream_has_the_two_readers_that_it_allows(telling: Synthesis) -> None:
    """A third would be throttled, and the others with it (DynamoDB guide: streams)."""
    assert 2 == len(_mappings(telling))


def test_it_reads_the_stream_as_analytics_does(telling: Synthesis) -> None:
    first, second = ({**each} for each in _mappings(telling))
    for each in (first, second):
        del each["FunctionName"], each["MaximumBatchingWindowInSeconds"]
    assert first == second
    mapping = _mapping(telling)
    assert ["ReportBatchItemFailures"] == mapping["FunctionResponseTypes"]
    assert mapping["BisectBatchOnFunctionError"] is True
    destination = mapping["DestinationConfig"]["OnFailure"]["Destination"]
    assert "AWS::S3::Bucket" == telling.target(PIPELINE, destination)["Type"]
    assert 5 == mapping["MaximumBatchingWindowInSeconds"]


def test_it_finds_the_settings_that_it_reads(telling: Synthesis) -> None:
    arn = {"Ref": _topic(telling)[0]}
    environment: dict[str, Any] = dict(telling.environment(HANDLER))
    assert arn == environment["STATUS_EVENTS_TOPIC_ARN"]
    written = {name: str(value) for name, value in environment.items()}
    own = StatusEventsFunctionSettings.from_env(written).to_env()
    assert written == own | {"POWERTOOLS_LOG_LEVEL": "INFO"}


def _topic(telling: Synthesis) -> tuple[str, Resource]:
    ((name, topic),) = [
        (name, resource["Properties"])
        for _, name, resource in telling.each("AWS::SNS::Topic")
        if name.startswith("StatusEvents")
    ]
    return name, topic


def test_its_topic_is_encrypted_and_refuses_callers_without_tls(telling: Synthesis) -> None:
    name, topic = _topic(telling)
    assert "Key" in str(topic["KmsMasterKeyId"])
    (policy,) = [
        each["PolicyDocument"]["Statement"]
        for each in telling.properties("AWS::SNS::TopicPolicy")
        if each["Topics"] == [{"Ref": name}]
    ]
    (statement,) = policy
    assert ("Deny", "sns:Publish") == (statement["Effect"], statement["Action"])
    assert {"Bool": {"aws:SecureTransport": "false"}} == statement["Condition"]


def test_it_may_do_nothing_but_publish_on_that_topic(telling: Synthesis) -> None:
    """It reads no table: the stream brings all that it needs."""
    name, _ = _topic(telling)
    statements = [*statements_of_function(telling, HANDLER)]
    publishing = [each for each in statements if actions_of(each, "sns")]
    assert [{"Ref": name}] == [each["Resource"] for each in publishing]
    read = set().union(*(actions_of(each, "dynamodb") for each in statements))
    assert {"DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"} == read


def test_each_statement_of_its_policy_is_needed_and_enough(telling: Synthesis) -> None:
    policies = Policies(telling)
    statements, called = (
        policies.statements()["StatusEvents"],
        policies.called()["StatusEvents"],
    )
    assert [] == list(unneeded(statements, called))
    assert [] == [each for each in called if not allows(statements, each)]


def test_it_is_watched_for_errors_for_age_for_giving_up_and_for_loss(telling: Synthesis) -> None:
    metrics = {
        "Errors": "Errors",
        "Behind": "IteratorAge",
        "GaveUp": "OnFailureDestinationDeliveredEventCount",
        "Lost": "DroppedEventCount",
    }
    found = {each: alarm_of(telling, f"StatusEvents{each}")["MetricName"] for each in metrics}
    assert metrics == found


def test_its_alarms_keep_what_holds_for_all_others(telling: Synthesis) -> None:
    """An entry in the runbook, their part in the stage's health, and what CloudWatch takes."""
    test_alarms.test_every_alarm_points_to_its_entry(telling)
    test_alarms.test_an_alarm_adds_up_no_more_metrics_than_cloudwatch_takes(telling)
    test_alarms.test_one_alarm_says_whether_any_other_is_on_but_for_notices(telling)
    test_alarms.test_every_event_function_is_watched_for_errors(telling)


def test_its_topic_is_published_under_a_fixed_name(telling: Synthesis) -> None:
    name, _ = _topic(telling)
    assert {"Ref": name} == exports(telling)["status-events-topic-arn"]
    assert "status-events-function-arn" in exports(telling)


def test_the_forecast_has_the_metrics_that_its_alarms_look_at(
    telling: Synthesis, syntheses: dict[str, Synthesis]
) -> None:
    more = looked_at(telling) - looked_at(syntheses["prod"])
    assert counted.STATUS_EVENTS_ALARM_METRICS == more
    assert 4 == len([*telling.each(ALARM)]) - len([*syntheses["prod"].each(ALARM)])
