"""A stage with a second Region has what its messages are sent with there, and its receipts come home."""

from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.settings.stage import StageSettings
from pipeline.settings.files import read_stage
from tests.pipeline.acknowledged import SECOND_REGION
from tests.pipeline.functions.statements import statements_of_function
from tests.pipeline.synthesis import Synthesis, synthesise_settings
from tests.pipeline.test_nag import found

HOME, AWAY = "eu-west-1", "eu-central-1"
SECOND, THERE = "Ordercast-prod-SecondRegion", f"Ordercast-Account-{AWAY}"
PIPELINE = "Ordercast-prod-Pipeline"


def stage_with(*, texts: str = "", **second: Any) -> StageSettings:
    prod = read_stage("prod")
    return replace(
        prod,
        region=HOME,
        sms_provider_by_country=texts,
        second_region=replace(prod.second_region, **{"region": AWAY, **second}),
    )


@pytest.fixture(scope="module")
def both(tmp_path_factory) -> Synthesis:
    """Texts go by both providers, e-mails by SES."""
    stage = stage_with(texts="JP sms-voice", origination="pool-0123", share=10)
    return synthesise_settings(stage, tmp_path_factory.mktemp("both"), checked=True)


@pytest.fixture(scope="module")
def voice(tmp_path_factory) -> Synthesis:
    stage = replace(stage_with(), sms_provider="sms-voice")
    return synthesise_settings(stage, tmp_path_factory.mktemp("voice"))


@pytest.mark.synth
def test_a_stage_without_one_has_nothing_of_it(synthesis: Synthesis) -> None:
    assert not any("SecondRegion" in each or "Account-" in each for each in synthesis.templates)
    sender = synthesis.environment("processors.sms_sender.handler")
    assert ("", "0") == (sender["SECOND_REGION"], sender["SECOND_REGION_SHARE"])


@pytest.mark.synth
def test_its_stacks_go_there_and_all_others_to_the_stage_s_own_region(both: Synthesis) -> None:
    assert {HOME, AWAY} == both.regions
    assert {SECOND, THERE} <= both.templates.keys()


@pytest.mark.synth
def test_without_sns_there_is_no_account_stack_there(voice: Synthesis) -> None:
    assert SECOND in voice.templates
    assert THERE not in voice.templates
    assert "ordercast-sms-receipts" not in str(voice.templates[SECOND])


@pytest.mark.synth
def test_no_stack_refers_to_one_of_another_region(both: Synthesis) -> None:
    """CloudFormation exports nothing to another Region: names are all that they have in common."""
    for stack in (SECOND, THERE):
        template = str(both.templates[stack])
        assert "Ordercast-prod-Data" not in template
        assert "Ordercast-prod-Pipeline" not in template
    for stack in both.templates.keys() - {SECOND, THERE}:
        assert SECOND not in str(both.templates[stack])
        assert THERE not in str(both.templates[stack])


@pytest.mark.synth
def test_every_topic_of_receipts_there_delivers_to_the_receipts_of_the_stage(
    both: Synthesis,
) -> None:
    away = [
        (stack, each["Properties"])
        for stack, _, each in both.each("AWS::SNS::Subscription")
        if AWAY == each["Properties"].get("Region")
    ]
    assert {PIPELINE} == {stack for stack, _ in away}
    wanted = {
        "ordercast-prod-mail-events",
        "ordercast-prod-text-events",
        "ordercast-sms-receipts",
    }
    assert wanted == {_name(each["TopicArn"]) for _, each in away}
    made = {
        each["Properties"].get("TopicName")
        for stack, _, each in both.each("AWS::SNS::Topic")
        if stack in {SECOND, THERE}
    }
    assert wanted == made - {None}
    for _, subscription in away:
        assert AWAY == subscription["Region"]
        assert subscription["RawMessageDelivery"] is True
        assert "Receipts" in str(subscription["Endpoint"])
        # SNS takes no dead-letter queue in another Region than the topic's.
        left = subscription["RedrivePolicy"]["deadLetterTargetArn"]
        assert f":sqs:{AWAY}:" in str(left)
        assert "ordercast-prod-undelivered" == _name(left)


@pytest.mark.synth
def test_the_receipts_queue_lets_these_topics_in(both: Synthesis) -> None:
    let_in = [
        statement
        for stack, _, policy in both.each("AWS::SQS::QueuePolicy")
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if stack == PIPELINE and AWAY in str(statement.get("Condition"))
    ]
    assert 3 == len(let_in)
    for statement in let_in:
        assert {"Service": "sns.amazonaws.com"} == statement["Principal"]
        assert "sqs:SendMessage" == statement["Action"]


@pytest.mark.synth
def test_what_could_not_be_delivered_is_encrypted_and_rings(both: Synthesis) -> None:
    (queue,) = [
        each["Properties"] for stack, _, each in both.each("AWS::SQS::Queue") if stack == SECOND
    ]
    assert "ordercast-prod-undelivered" == queue["QueueName"]
    assert "KmsMasterKeyId" in queue
    (policy,) = [
        each["Properties"]["PolicyDocument"]["Statement"]
        for stack, _, each in both.each("AWS::SQS::QueuePolicy")
        if stack == SECOND
    ]
    (topics,) = [
        each["Condition"]["ArnEquals"]["aws:SourceArn"]
        for each in policy
        if "Service" in each["Principal"]
    ]
    assert 3 == len(topics)
    alarms = {
        each["Properties"]["AlarmDescription"].rpartition("#")[2]
        for stack, _, each in both.each("AWS::CloudWatch::Alarm")
        if stack == SECOND
    }
    assert {
        *("undelivereddeadletters", "smslogforwarderfailures"),
        *("bounceshigh", "complaintshigh", "smsspendhigh", "endusermessagingspendhigh"),
    } == alarms


@pytest.mark.synth
def test_everything_there_is_encrypted_with_a_key_of_that_region(both: Synthesis) -> None:
    resources = both.templates[SECOND]["Resources"].values()
    assert 1 == sum(each["Type"] == "AWS::KMS::Key" for each in resources)
    for each in resources:
        if each["Type"] == "AWS::SNS::Topic":
            assert "Key" in str(each["Properties"]["KmsMasterKeyId"])


@pytest.mark.synth
def test_senders_may_send_there_with_the_stage_s_own_set_and_no_other(both: Synthesis) -> None:
    (mail,) = [
        each
        for each in statements_of_function(both, "processors.email_sender.handler")
        if "ses:SendEmail" in each["Action"]
    ]
    there = [str(each) for each in mail["Resource"] if f":ses:{AWAY}:" in str(each)]
    assert 2 == len(there)
    assert any("configuration-set/ordercast-prod" in each for each in there)
    texts = list(statements_of_function(both, "processors.sms_sender.handler"))
    (phones,) = [each for each in texts if "NotResource" in each]
    assert {"StringEquals": {"aws:RequestedRegion": [HOME, AWAY]}} == phones["Condition"]
    (voice,) = [each for each in texts if "sms-voice:SendTextMessage" in each["Action"]]
    assert 2 == len(voice["Resource"])


@pytest.mark.synth
def test_senders_know_the_region_its_share_and_its_origination(both: Synthesis) -> None:
    sms, email = (
        both.environment(f"processors.{each}_sender.handler") for each in ("sms", "email")
    )
    for each in (sms, email):
        assert (AWAY, "10") == (each["SECOND_REGION"], each["SECOND_REGION_SHARE"])
    assert "pool-0123" == sms["SECOND_REGION_ORIGINATION"]


@pytest.mark.synth
def test_identities_are_made_there_but_for_those_that_exist(
    both: Synthesis, tmp_path_factory
) -> None:
    def identities(made: Synthesis) -> list[str]:
        return [
            each["Properties"]["EmailIdentity"]
            for stack, _, each in made.each("AWS::SES::EmailIdentity")
            if stack == SECOND
        ]

    assert ["example.com"] == identities(both)
    stage = stage_with(existing_identities="example.com")
    there = synthesise_settings(stage, tmp_path_factory.mktemp("there"))
    assert [] == identities(there)


@pytest.mark.synth
def test_what_cdk_nag_finds_there_is_acknowledged(both: Synthesis) -> None:
    known = {finding for each in SECOND_REGION for finding in each.findings}
    assert known == {each for each in found(both) if each[1].startswith("SecondRegion")}


def _name(arn: Any) -> str:
    """The last part of an ARN that CloudFormation joins."""
    _, parts = arn["Fn::Join"]
    return str(parts[-1]).rpartition(":")[2]
