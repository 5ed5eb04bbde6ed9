"""Everything is encrypted with the stage's key, and nothing talks without TLS."""

from typing import Any

import pytest

from tests.pages import ROOT
from tests.pipeline.synthesis import Synthesis

pytestmark = pytest.mark.synth

ENCRYPTED_BY = {
    "AWS::Kinesis::Stream": ("StreamEncryption", "KeyId"),
    "AWS::DynamoDB::Table": ("SSESpecification", "KMSMasterKeyId"),
    "AWS::SNS::Topic": ("KmsMasterKeyId",),
    "AWS::SQS::Queue": ("KmsMasterKeyId",),
    "AWS::Logs::LogGroup": ("KmsKeyId",),
    "AWS::SecretsManager::Secret": ("KmsKeyId",),
    "AWS::S3::Bucket": (
        "BucketEncryption",
        "ServerSideEncryptionConfiguration",
        0,
        "ServerSideEncryptionByDefault",
        "KMSMasterKeyID",
    ),
}

POLICIES = {
    "AWS::SNS::Topic": ("AWS::SNS::TopicPolicy", "Topics"),
    "AWS::SQS::Queue": ("AWS::SQS::QueuePolicy", "Queues"),
    "AWS::S3::Bucket": ("AWS::S3::BucketPolicy", "Bucket"),
}


@pytest.mark.parametrize("kind", ENCRYPTED_BY)
def test_everything_is_encrypted_with_the_stages_one_key(synthesis: Synthesis, kind: str) -> None:
    """What all stages of an account share has a key of its own, since no stage owns it."""
    for stack, logical_id, resource in synthesis.each(kind):
        value: Any = resource["Properties"]
        for step in ENCRYPTED_BY[kind]:
            value = value[step]
        owner, key = synthesis.resolve(stack, value)
        home = stack if stack == "Ordercast-Account" else f"Ordercast-{synthesis.stage}-Data"
        assert home == owner, f"{logical_id} has another stack's key"
        assert "AWS::KMS::Key" == synthesis.templates[owner]["Resources"][key]["Type"]


def test_a_bucket_that_stays_keeps_its_policy(synthesis: Synthesis) -> None:
    """Else it would take callers without TLS as soon as its stack is gone."""
    (bucket,) = (each for _, _, each in synthesis.each("AWS::S3::Bucket"))
    (policy,) = (each for _, _, each in synthesis.each("AWS::S3::BucketPolicy"))
    assert bucket["DeletionPolicy"] == policy["DeletionPolicy"]


def test_keys_are_rotated(synthesis: Synthesis) -> None:
    for key in synthesis.properties("AWS::KMS::Key"):
        assert key["EnableKeyRotation"] is True


def test_the_key_admits_the_services_that_deliver_and_only_for_this_account(
    synthesis: Synthesis,
) -> None:
    """Without them SNS drops messages to encrypted queues, and SES its events, silently."""
    by_account, by_context = _admitted_services(synthesis)
    assert {"cloudwatch.amazonaws.com", "sns.amazonaws.com"} == by_account
    assert {"ses.amazonaws.com", "logs"} == by_context.keys()
    assert "log-group:*" in str(by_context["logs"])


def test_ses_uses_the_key_for_topics_of_this_account_whether_or_not_it_says_for_whom(
    synthesis: Synthesis,
) -> None:
    """Its guide has no condition on the account; SNS, which calls the key for it, names the topic."""
    condition = _admitted_services(synthesis)[1]["ses.amazonaws.com"]
    ((context, topics),) = condition["ArnLike"].items()
    assert ["ArnLike"] == list(condition)
    assert "kms:EncryptionContext:aws:sns:topicArn" == context
    *_, account, any_topic = topics["Fn::Join"][1]
    assert ({"Ref": "AWS::AccountId"}, ":*") == (account, any_topic)


def _admitted_services(synthesis: Synthesis) -> tuple[set[str], dict[str, Any]]:
    """Return the services that use the stage's key for this account, and others by their condition."""
    data = synthesis.templates[f"Ordercast-{synthesis.stage}-Data"]["Resources"]
    (key,) = [each for each in data.values() if each["Type"] == "AWS::KMS::Key"]
    by_account: set[str] = set()
    by_context: dict[str, Any] = {}
    for statement in key["Properties"]["KeyPolicy"]["Statement"]:
        services = statement["Principal"].get("Service", [])
        condition = statement.get("Condition", {})
        if {"aws:SourceAccount": {"Ref": "AWS::AccountId"}} == condition.get("StringEquals"):
            by_account |= {services} if isinstance(services, str) else set(services)
        elif services:
            by_context["logs" if "logs." in str(services) else services] = condition
    return by_account, by_context


@pytest.mark.parametrize("kind", POLICIES)
def test_callers_without_tls_are_turned_away(synthesis: Synthesis, kind: str) -> None:
    policy_kind, names = POLICIES[kind]
    guarded: set[tuple[str, str]] = set()
    for stack, _, policy in synthesis.each(policy_kind):
        subjects = policy["Properties"][names]
        if _denies_plain_text(policy["Properties"]["PolicyDocument"]):
            for subject in subjects if isinstance(subjects, list) else [subjects]:
                guarded.add(synthesis.resolve(stack, subject))
    assert {(stack, logical_id) for stack, logical_id, _ in synthesis.each(kind)} == guarded


def test_e_mail_reaches_its_recipient_s_server_over_tls_or_not_at_all(synthesis: Synthesis) -> None:
    """By itself SES sends in clear text to a server that speaks no TLS."""
    (made,) = synthesis.properties("AWS::SES::ConfigurationSet")
    assert {"TlsPolicy": "REQUIRE"} == made["DeliveryOptions"]


def test_tables_turn_away_callers_without_tls(synthesis: Synthesis) -> None:
    """Of Kinesis there is nothing to say: its endpoints accept TLS only."""
    for table in synthesis.properties("AWS::DynamoDB::Table"):
        assert _denies_plain_text(table["ResourcePolicy"]["PolicyDocument"])


def test_the_bucket_is_private_and_forgets(synthesis: Synthesis) -> None:
    """Parked records hold customers' data."""
    for bucket in synthesis.properties("AWS::S3::Bucket"):
        assert all(bucket["PublicAccessBlockConfiguration"].values())
        (rule,) = bucket["LifecycleConfiguration"]["Rules"]
        assert "Enabled" == rule["Status"]
        assert 14 >= rule["ExpirationInDays"]


def test_every_log_group_forgets(synthesis: Synthesis) -> None:
    for group in synthesis.properties("AWS::Logs::LogGroup"):
        assert 14 >= group["RetentionInDays"]


def test_every_function_writes_to_a_log_group_of_ours(synthesis: Synthesis) -> None:
    """Lambda would make one itself, unencrypted and for ever."""
    groups = [
        synthesis.resolve(stack, function["Properties"]["LoggingConfig"]["LogGroup"])
        for stack, _, function in synthesis.each("AWS::Lambda::Function")
    ]
    assert len(groups) == len(set(groups))


def test_tables_recover_to_a_point_in_time(synthesis: Synthesis) -> None:
    for table in synthesis.properties("AWS::DynamoDB::Table"):
        recovery = table["PointInTimeRecoverySpecification"]
        assert recovery["PointInTimeRecoveryEnabled"] is True


def test_tables_forget_in_time_what_has_a_time(synthesis: Synthesis) -> None:
    """Which items have one is the gateways': never a customer's record, nor a refusal."""
    for table in synthesis.properties("AWS::DynamoDB::Table"):
        assert {"AttributeName": "ttl", "Enabled": True} == table["TimeToLiveSpecification"]


SELDOM_WRITTEN = "suppressed"
"""The index of suppressed addresses, which is paid for as it is used."""


def test_prod_s_tables_and_indexes_take_a_full_load_from_the_start(
    syntheses: dict[str, Synthesis],
) -> None:
    """New ones take 4,000 writes a second; 1,200 orders need nine times as many as they are."""
    for table in syntheses["prod"].properties("AWS::DynamoDB::Table"):
        for each in (table, *table.get("GlobalSecondaryIndexes", ())):
            if each.get("IndexName") != SELDOM_WRITTEN:
                assert each["WarmThroughput"]["WriteUnitsPerSecond"] >= 9 * 1_200
    for stage in ("dev", "local"):
        assert "WarmThroughput" not in str(syntheses[stage].templates)


def test_what_prod_s_warm_throughput_is_charged_for_once_is_in_the_docs(
    syntheses: dict[str, Synthesis],
) -> None:
    """New tables and indexes take 4,000 writes and 12,000 reads a second for nothing."""
    warm = [
        each["WarmThroughput"]
        for table in syntheses["prod"].properties("AWS::DynamoDB::Table")
        for each in (table, *table.get("GlobalSecondaryIndexes", ()))
        if each.get("IndexName") != SELDOM_WRITTEN
    ]
    writes = sum(each["WriteUnitsPerSecond"] - 4_000 for each in warm)
    page = (ROOT / "docs/costs.md").read_text()

    assert {12_000} == {each["ReadUnitsPerSecond"] for each in warm}
    assert f"{writes:,} write units a second ({len(warm)} tables and indexes" in page


def _denies_plain_text(document: dict[str, Any]) -> bool:
    return any(
        statement["Effect"] == "Deny"
        and {"Bool": {"aws:SecureTransport": "false"}} == statement["Condition"]
        for statement in document["Statement"]
    )
