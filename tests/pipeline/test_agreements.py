"""The templates agree with the code: settings, handlers, keys, indexes, and times."""

import importlib
import json
from typing import Any

import pytest

from lambda_event_sources.filtering.filter_criteria import FilterCriteria
from lambda_event_sources.mapping import SourceKind
from ordercast.gateways.ledger import index_keys, keys
from ordercast.gateways.messaging import receipt_queue
from ordercast.gateways.people import items as people_item
from ordercast.gateways.receipt_logs import items as receipt_items
from ordercast.settings import processors as settings
from ordercast.settings.analytics import AnalyticsSettings, VerifierSettings
from ordercast.settings.environment import EnvironmentSettings
from ordercast.settings.mapping import ONE_WAVE
from ordercast.settings.status_events import StatusEventsFunctionSettings
from ordercast.workflows.send_messages import WAVE_TAKES
from ordercast.workflows.sweep.sweep import ROUND_TAKES
from pipeline.settings.checks import ONE_ROUND, SETTLING
from tests.pipeline.synthesis import Synthesis

pytestmark = pytest.mark.synth

SETTINGS: dict[str, type[EnvironmentSettings]] = {
    "processors.order_relay.handler": settings.OrderRelaySettings,
    "processors.sms_sender.handler": settings.SmsSenderSettings,
    "processors.email_sender.handler": settings.EmailSenderSettings,
    "processors.receipt_tracker.handler": settings.ReceiptTrackerSettings,
    "processors.sweeper.handler": settings.SweeperSettings,
    "processors.sms_log_forwarder.handler": settings.SmsLogForwarderSettings,
    "processors.sms_attributes.handler": settings.SmsAttributesSettings,
    "processors.status_events.handler": StatusEventsFunctionSettings,
    "analytics.processor.handler": AnalyticsSettings,
    "analytics.verifier.handler": VerifierSettings,
}


def test_every_function_finds_the_settings_it_reads(synthesis: Synthesis) -> None:
    """What was deployed is read back without loss, and nothing is deployed that is not read."""
    for _, _, function in synthesis.functions:
        deployed = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in function["Environment"]["Variables"].items()
        }
        own = SETTINGS[function["Handler"]].from_env(deployed).to_env()
        assert deployed == own | {"POWERTOOLS_LOG_LEVEL": "INFO"}


def test_every_handler_is_there(syntheses: dict[str, Synthesis]) -> None:
    handlers = {function["Handler"] for _, _, function in syntheses["dev"].functions}
    assert {"processors.status_events.handler"} == set(SETTINGS) - handlers  # off by default
    assert handlers <= set(SETTINGS)
    for handler in SETTINGS:
        module, _, name = handler.rpartition(".")
        assert callable(getattr(importlib.import_module(module), name))


def test_all_functions_of_a_stage_are_one_bundle(synthesis: Synthesis) -> None:
    assert 1 == len({json.dumps(function["Code"]) for _, _, function in synthesis.functions})


def test_the_ledger_has_the_keys_and_the_indexes_that_code_relies_on(synthesis: Synthesis) -> None:
    (ledger,) = [
        table["Properties"]
        for _, name, table in synthesis.each("AWS::DynamoDB::Table")
        if name.startswith("Ledger")
    ]
    assert [("pk", "HASH"), ("sk", "RANGE")] == _keys(ledger)
    indexes = ledger["GlobalSecondaryIndexes"]
    assert {
        index_keys.DUE_INDEX: [("due_shard", "HASH"), ("due_at", "RANGE")],
        index_keys.CUSTOMER_INDEX: [("person", "HASH"), ("effective_at", "RANGE")],
        index_keys.ADDRESS_INDEX: [(index_keys.ADDRESS, "HASH"), ("effective_at", "RANGE")],
        index_keys.FAILURE_INDEX: [(index_keys.FAILURE, "HASH"), ("effective_at", "RANGE")],
    } == {each["IndexName"]: _keys(each) for each in indexes}
    held = {each["IndexName"]: each["Projection"] for each in indexes}
    assert {"ProjectionType": "INCLUDE", "NonKeyAttributes": [*index_keys.LISTED]} == held.pop(
        index_keys.FAILURE_INDEX
    )
    assert {"KEYS_ONLY"} == {each["ProjectionType"] for each in held.values()}
    assert "NEW_IMAGE" == ledger["StreamSpecification"]["StreamViewType"]


def test_analytics_is_handed_written_notifications_and_nothing_that_it_would_drop(
    synthesis: Synthesis,
) -> None:
    """Not decisions, latest statuses, budgets, and what DynamoDB removes at its time to live."""
    (patterns,) = [
        mapping["FilterCriteria"]["Filters"]
        for _, mapping, source in synthesis.stream_mappings
        if source["Type"] == "AWS::DynamoDB::Table"
    ]
    only = FilterCriteria(SourceKind.DYNAMODB, [each["Pattern"] for each in patterns])

    def passes(event: str, sort_key: str) -> bool:
        keys = {"pk": {"S": "0"}, "sk": {"S": sort_key}}
        return only.matches({"eventName": event, "dynamodb": {"Keys": keys}})

    notification = f"{keys.SORT_KEY_PREFIX}1"
    assert [True, True, False] == [passes(e, notification) for e in ("INSERT", "MODIFY", "REMOVE")]
    for other in (keys.DECISION_PREFIX, keys.LATEST_STATUS_PREFIX, keys.HOLDS):
        assert not passes("INSERT", f"{other}1")


def test_receipts_have_the_key_and_the_index_that_code_relies_on(synthesis: Synthesis) -> None:
    [receipts] = [
        table["Properties"]
        for _, name, table in synthesis.each("AWS::DynamoDB::Table")
        if name.startswith("Receipts")
    ]
    assert [("message_id", "HASH")] == _keys(receipts)
    [due] = receipts["GlobalSecondaryIndexes"]
    assert receipt_items.DUE_INDEX == due["IndexName"]
    assert [("due_shard", "HASH"), ("due_at", "RANGE")] == _keys(due)
    assert "KEYS_ONLY" == due["Projection"]["ProjectionType"]


def test_people_have_the_key_and_the_index_that_code_relies_on(synthesis: Synthesis) -> None:
    [customers] = [
        table["Properties"]
        for _, name, table in synthesis.each("AWS::DynamoDB::Table")
        if name.startswith("Customers")
    ]
    assert [("person", "HASH")] == _keys(customers)
    (index,) = customers["GlobalSecondaryIndexes"]
    listed = [(people_item.SUPPRESSED, "HASH"), (people_item.SUPPRESSED_AT, "RANGE")]
    assert (people_item.SUPPRESSED_INDEX, listed) == (index["IndexName"], _keys(index))
    assert {"ProjectionType": "KEYS_ONLY"} == index["Projection"]
    types = {e["AttributeName"]: e["AttributeType"] for e in customers["AttributeDefinitions"]}
    assert (
        dict.fromkeys(("person", people_item.SUPPRESSED, people_item.SUPPRESSED_AT), "S") == types
    )


def test_a_sender_has_time_for_at_least_one_wave(synthesis: Synthesis) -> None:
    """With less it would begin no wave, and its messages would be redelivered again and again."""
    assert ONE_WAVE == WAVE_TAKES
    for handler in ("processors.sms_sender.handler", "processors.email_sender.handler"):
        [timeout] = [
            each["Timeout"] for _, _, each in synthesis.functions if each["Handler"] == handler
        ]
        assert timeout > WAVE_TAKES.total_seconds()


def test_a_stage_is_checked_by_the_wait_that_the_sweeper_keeps() -> None:
    assert SETTLING == receipt_queue.SETTLING


def test_the_sweeper_has_time_for_at_least_one_round(synthesis: Synthesis) -> None:
    assert ONE_ROUND == ROUND_TAKES
    [timeout] = [
        each["Timeout"]
        for _, _, each in synthesis.functions
        if each["Handler"] == "processors.sweeper.handler"
    ]
    assert timeout > ROUND_TAKES.total_seconds()


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_a_receipt_that_keeps_failing_is_a_dead_letter_before_an_e_mail_is_sent_again(
    syntheses: dict[str, Synthesis], stage: str
) -> None:
    """The metric of a queue's age leaves out messages that were received more than three times."""
    resend = int(syntheses[stage].environment("processors.sweeper.handler")["RESEND_EMAIL_AFTER"])
    (queue,) = [
        queue["Properties"]
        for _, name, queue in syntheses[stage].each("AWS::SQS::Queue")
        if name.startswith("Receipts") and "RedrivePolicy" in queue["Properties"]
    ]

    assert resend > queue["VisibilityTimeout"] * queue["RedrivePolicy"]["maxReceiveCount"]


def _keys(table: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["AttributeName"], each["KeyType"]) for each in table["KeySchema"]]
