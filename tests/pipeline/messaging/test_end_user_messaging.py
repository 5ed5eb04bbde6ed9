"""A stage whose texts go by End User Messaging has what they are sent with; every other has nothing of it."""

from typing import Any

import pytest
from msgspec.structs import replace

from pipeline.settings.checks import contradictions
from pipeline.settings.files import read_stage
from tests.pipeline.functions.statements import statements_of_function
from tests.pipeline.synthesis import Synthesis, synthesise_settings

pytestmark = pytest.mark.synth

SENDER = "processors.sms_sender.handler"


def stage_with(**changes: Any) -> Any:
    prod = read_stage("prod")
    texts = replace(prod.end_user_messaging, origination="pool-0123", protect="ID block, IN filter")
    return replace(prod, end_user_messaging=texts, **changes)


@pytest.fixture(scope="module")
def beside_sns(tmp_path_factory) -> Synthesis:
    """Texts to Japan go by it, all others by SNS."""
    stage = stage_with(sms_provider_by_country="JP sms-voice")
    return synthesise_settings(stage, tmp_path_factory.mktemp("beside"), checked=True)


@pytest.fixture(scope="module")
def alone(tmp_path_factory) -> Synthesis:
    return synthesise_settings(
        stage_with(sms_provider="sms-voice"), tmp_path_factory.mktemp("alone")
    )


def sends(synthesis: Synthesis) -> set[str]:
    """Return by which actions texts may be sent."""
    actions = {
        action
        for statement in statements_of_function(synthesis, SENDER)
        for action in (
            [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        )
    }
    return actions & {"sns:Publish", "sms-voice:SendTextMessage"}


def test_a_stage_that_does_not_use_it_has_nothing_of_it(synthesis: Synthesis) -> None:
    assert {"sns:Publish"} == sends(synthesis)
    assert "AWS::SMSVOICE::" not in str(synthesis.templates)
    assert "sms-voice" not in str(synthesis.properties("AWS::KMS::Key"))


@pytest.fixture(scope="module")
def left(tmp_path_factory) -> Synthesis:
    """No text goes by it any more, and receipts of the last ones still come."""
    kept = replace(read_stage("prod").end_user_messaging, keep_receipts=True)
    stage = replace(read_stage("prod"), end_user_messaging=kept)
    return synthesise_settings(stage, tmp_path_factory.mktemp("left"), checked=True)


def test_receipts_still_come_for_as_long_as_the_stage_says_so(
    left: Synthesis, beside_sns: Synthesis
) -> None:
    """Carriers report for three days after the last country has left it."""
    assert {"sns:Publish"} == sends(left)
    for kind in ("ConfigurationSet", "ProtectConfiguration"):
        assert 1 == len(left.properties(f"AWS::SMSVOICE::{kind}"))
    subscribed = [len(each.properties("AWS::SNS::Subscription")) for each in (left, beside_sns)]
    assert 1 == len(set(subscribed))
    assert "sms-voice.amazonaws.com" in str(left.properties("AWS::KMS::Key"))


def test_a_sender_may_do_what_its_routes_ask_for_and_no_more(
    beside_sns: Synthesis, alone: Synthesis
) -> None:
    assert {"sns:Publish", "sms-voice:SendTextMessage"} == sends(beside_sns)
    assert {"sms-voice:SendTextMessage"} == sends(alone)
    (allowed,) = [
        each["Resource"]
        for each in statements_of_function(alone, SENDER)
        if "sms-voice:SendTextMessage" in each["Action"]
    ]
    assert ":sms-voice:" in str(allowed)
    assert "AWS::AccountId" in str(allowed)


def test_the_month_s_texts_ring_below_the_limit_of_a_new_account(
    beside_sns: Synthesis, synthesis: Synthesis
) -> None:
    """The limit is its own, as the metric is; a stage without such texts has no such alarm."""
    named = [
        (each["Namespace"], each["Statistic"], 0 < each["Threshold"] < 1)
        for each in beside_sns.properties("AWS::CloudWatch::Alarm")
        if each.get("MetricName") == "TextMessageMonthlySpend"
    ]
    assert [("AWS/SMSVoice", "Maximum", True)] == named
    assert "TextMessageMonthlySpend" not in str(synthesis.templates)


def test_what_becomes_of_a_text_reaches_the_receipts_of_the_stage(beside_sns: Synthesis) -> None:
    (made,) = beside_sns.properties("AWS::SMSVOICE::ConfigurationSet")
    (destination,) = made["EventDestinations"]
    assert destination["Enabled"]
    assert {"TEXT_DELIVERED", "TEXT_TTL_EXPIRED"} < set(destination["MatchingEventTypes"])
    topic = destination["SnsDestination"]["TopicArn"]["Ref"]
    queues = [
        each["Endpoint"]
        for each in beside_sns.properties("AWS::SNS::Subscription")
        if {"Ref": topic} == each["TopicArn"]
    ]
    assert ["Receipts"] == [name for each in queues for name in ("Receipts",) if name in str(each)]


def test_its_topic_and_its_key_let_the_service_publish_for_this_account(
    beside_sns: Synthesis,
) -> None:
    policies = [
        statement
        for each in beside_sns.properties("AWS::SNS::TopicPolicy")
        for statement in each["PolicyDocument"]["Statement"]
        if "sms-voice.amazonaws.com" in str(statement.get("Principal"))
    ]
    assert [{"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}] == [
        each["Condition"] for each in policies
    ]
    (of_key,) = [
        statement
        for each in beside_sns.properties("AWS::KMS::Key")
        for statement in each["KeyPolicy"]["Statement"]
        if "sms-voice.amazonaws.com" in str(statement["Principal"])
    ]
    # It may not say for which account it publishes; SNS, which uses the key for it, names the topic.
    (asked,) = of_key["Condition"]["ArnLike"].items()
    assert "kms:EncryptionContext:aws:sns:topicArn" == asked[0]
    assert "AWS::AccountId" in str(asked[1])


def test_countries_are_protected_as_the_stage_says(beside_sns: Synthesis) -> None:
    (made,) = beside_sns.properties("AWS::SMSVOICE::ProtectConfiguration")
    assert {"ID": "BLOCK", "IN": "FILTER"} == {
        each["CountryCode"]: each["ProtectStatus"] for each in made["CountryRuleSet"]["SMS"]
    }


def test_the_sender_knows_what_it_sends_with(beside_sns: Synthesis, synthesis: Synthesis) -> None:
    known, unknown = beside_sns.environment(SENDER), synthesis.environment(SENDER)
    names = ("SMS_CONFIGURATION_SET", "SMS_PROTECT_CONFIGURATION", "SMS_ORIGINATION")
    assert all(known[name] for name in names)
    assert "pool-0123" == known["SMS_ORIGINATION"]
    assert [""] * 3 == [unknown[name] for name in names]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sms_provider": "pigeon"}, "sms_provider"),
        ({"sms_provider": "ses"}, "sms_provider"),
        ({"sms_provider_by_country": "JP"}, "sms_provider_by_country"),
        ({"sms_provider_by_country": "JP sns, JP sms-voice"}, "sms_provider_by_country"),
        ({"sms_provider_by_country": "XX sns"}, "sms_provider_by_country"),
    ],
)
def test_a_provider_that_is_none_is_refused(changes: dict[str, str], field: str) -> None:
    assert [field] == [each for each, _ in contradictions(stage_with(**changes))]


@pytest.mark.parametrize("protect", ["ID", "ID stop", "ID block, ID allow", "XX block"])
def test_a_protection_that_is_none_is_refused(protect: str) -> None:
    stage = stage_with()
    texts = replace(stage.end_user_messaging, protect=protect)
    refused = [each for each, _ in contradictions(replace(stage, end_user_messaging=texts))]
    assert ["end_user_messaging.protect"] == refused
