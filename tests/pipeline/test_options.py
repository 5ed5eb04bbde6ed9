"""What a stage and an account may have besides: a network, budgets, limits, reports, a Region."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from pipeline.settings.files import read_account, read_stage
from tests.pipeline.acknowledged import ACKNOWLEDGED, OPTIONAL
from tests.pipeline.synthesis import Synthesis, synthesise_settings
from tests.pipeline.test_nag import found

pytestmark = pytest.mark.synth

PIPELINE, OBSERVABILITY = "Ordercast-prod-Pipeline", "Ordercast-prod-Observability"


@pytest.fixture(scope="module")
def with_all(tmp_path_factory) -> Synthesis:
    """Prod with everything that is off by default."""
    prod, account = read_stage("prod"), read_account()
    return synthesise_settings(
        replace(
            prod,
            region="eu-west-1",
            owner="shop team",
            email_tls="optional",
            sms_provider_by_country="JP sms-voice",
            network=replace(prod.network, vpc=True),
            alarms=replace(prod.alarms, month_cost=2000),
            status_events=replace(prod.status_events, enabled=True),
        ),
        tmp_path_factory.mktemp("with_all"),
        account=replace(account, sms_monthly_limit=500, usage_reports=True),
        checked=True,
    )


def test_what_may_be_switched_on_is_acknowledged_or_without_a_finding(with_all: Synthesis) -> None:
    known = {finding for each in (*ACKNOWLEDGED, *OPTIONAL) for finding in each.findings}
    assert known == found(with_all)


# ---- network


def test_every_function_of_the_stage_is_in_private_subnets_without_a_way_to_the_internet(
    with_all: Synthesis,
) -> None:
    for stack, _, function in with_all.functions:
        if stack == PIPELINE:
            subnets = function["VpcConfig"]["SubnetIds"]
            assert 2 == len(subnets)
            assert all(
                with_all.target(stack, each)["Properties"]["MapPublicIpOnLaunch"] is False
                for each in subnets
            )
    kinds = {
        resource["Type"]
        for template in with_all.templates.values()
        for resource in template["Resources"].values()
    }
    assert not kinds & {"AWS::EC2::InternetGateway", "AWS::EC2::NatGateway", "AWS::EC2::Route"}


ENDPOINTS = {
    "dynamodb": "dynamodb",
    "s3": "s3",
    "kinesis": "kinesis-streams",
    "sqs": "sqs",
    "secretsmanager": "secretsmanager",
    "sns": "sns",
    "ses": "email",
    "sms-voice": "pinpoint-sms-voice-v2",
    "cloudwatch": "monitoring",
}
"""The endpoint of a service, by the prefix of its actions."""

WITHOUT_AN_ENDPOINT = {
    "kms": "the services use the key in a function's name",
    "logs": "Lambda writes the log",
    "ec2": "Lambda attaches the function",
    "lambda": "a schedule or CodeDeploy invokes, not a function",
    "xray": "Lambda sends the traces",
}


def test_every_service_that_a_function_calls_has_an_endpoint(with_all: Synthesis) -> None:
    """A call without one would wait until its function is ended."""
    roles = {
        with_all.resolve(PIPELINE, function["Role"])[1]
        for stack, _, function in with_all.functions
        if stack == PIPELINE
    }
    called = {
        action.split(":")[0]
        for stack, _, policy in with_all.each("AWS::IAM::Policy")
        if stack == PIPELINE and {each["Ref"] for each in policy["Properties"]["Roles"]} <= roles
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        for action in _list(statement["Action"])
    }
    offered = {str(each["ServiceName"]) for each in with_all.properties("AWS::EC2::VPCEndpoint")}
    needed = {ENDPOINTS[each] for each in called - WITHOUT_AN_ENDPOINT.keys()}
    assert len(offered) == len(needed)
    for name in needed:
        assert any(f".{name}" in each for each in offered), name


def test_functions_and_endpoints_talk_https_to_each_other_alone(with_all: Synthesis) -> None:
    opened = [
        *with_all.properties("AWS::EC2::SecurityGroupIngress"),
        *(
            rule
            for group in with_all.properties("AWS::EC2::SecurityGroup")
            for rule in group.get("SecurityGroupIngress", [])
        ),
    ]
    assert [(443, 443)] == [(each["FromPort"], each["ToPort"]) for each in opened]
    assert "SourceSecurityGroupId" in opened[0]
    for endpoint in with_all.properties("AWS::EC2::VPCEndpoint"):
        (statement,) = endpoint["PolicyDocument"]["Statement"]
        assert {"aws:PrincipalAccount": {"Ref": "AWS::AccountId"}} == statement["Condition"][
            "StringEquals"
        ]


def test_only_lambda_itself_attaches_a_function(with_all: Synthesis) -> None:
    """The function's code, which has the same role, may not."""
    attaching = [
        statement
        for policy in with_all.properties("AWS::IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
        if "ec2:CreateNetworkInterface" in _list(statement["Action"])
    ]
    assert 8 == len(attaching)
    for statement in attaching:
        assert {"Null": {"lambda:SourceFunctionArn": "true"}} == statement["Condition"]


def test_refused_connections_are_logged(with_all: Synthesis) -> None:
    (log,) = with_all.properties("AWS::EC2::FlowLog")
    assert "REJECT" == log["TrafficType"]


# ---- money


def test_the_month_s_budget_tells_the_operators_topic(with_all: Synthesis) -> None:
    (made,) = with_all.properties("AWS::Budgets::Budget")
    assert {"Amount": 2000, "Unit": "USD"} == made["Budget"]["BudgetLimit"]
    assert "CostFilters" not in made["Budget"]  # texts have no tags
    told = made["NotificationsWithSubscribers"]
    assert [("ACTUAL", 50), ("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100)] == [
        (each["Notification"]["NotificationType"], each["Notification"]["Threshold"])
        for each in told
    ]
    for each in told:
        (subscriber,) = each["Subscribers"]
        assert "SNS" == subscriber["SubscriptionType"]
        topic = with_all.target(OBSERVABILITY, subscriber["Address"])
        assert "AWS::SNS::Topic" == topic["Type"]
    # The topic is encrypted: its policy and the key's must both let AWS Budgets in.
    policies = with_all.properties("AWS::SNS::TopicPolicy") + with_all.properties("AWS::KMS::Key")
    assert 2 == sum("budgets.amazonaws.com" in str(each) for each in policies)


def test_the_account_s_texts_have_a_monthly_limit_and_reports(with_all: Synthesis) -> None:
    (attributes,) = with_all.properties("AWS::CloudFormation::CustomResource")
    assert "500" == attributes["MonthlySpendLimit"]
    bucket = with_all.target("Ordercast-Account", attributes["UsageReportS3Bucket"])
    assert "RetainExceptOnCreate" == bucket["DeletionPolicy"]
    assert 30 == bucket["Properties"]["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"]
    assert "AES256" in json.dumps(bucket["Properties"]["BucketEncryption"])
    written = [
        statement
        for policy in with_all.properties("AWS::S3::BucketPolicy")
        for statement in policy["PolicyDocument"]["Statement"]
        if "sns.amazonaws.com" in str(statement)
    ]
    assert 2 == len(written)
    for statement in written:
        assert {"aws:SourceAccount": {"Ref": "AWS::AccountId"}} == statement["Condition"][
            "StringEquals"
        ]


def test_a_stage_may_write_to_servers_that_speak_no_tls(with_all: Synthesis) -> None:
    (made,) = with_all.properties("AWS::SES::ConfigurationSet")
    assert {"TlsPolicy": "OPTIONAL"} == made["DeliveryOptions"]


# ---- Region and tags


def test_all_stacks_of_a_stage_go_to_its_region(with_all: Synthesis) -> None:
    assert {"eu-west-1"} == with_all.regions


def test_every_resource_that_takes_tags_says_what_it_is_of_and_who_pays(
    with_all: Synthesis, synthesis: Synthesis
) -> None:
    for made in (with_all, synthesis):
        tagged = 0
        for stack, template in made.templates.items():
            of = "account" if stack == "Ordercast-Account" else made.stage
            for logical_id, resource in template["Resources"].items():
                tags = _tags(resource)
                if tags:
                    tagged += 1
                    assert ("ordercast", of) == (tags["service"], tags["stage"]), logical_id
                    assert tags["owner"]
                else:
                    assert resource["Type"] in WITHOUT_TAGS, (stack, logical_id)
        assert tagged


WITHOUT_TAGS = {
    *("AWS::ApplicationInsights::Application", "AWS::CloudFormation::CustomResource"),
    *("AWS::CloudWatch::Dashboard", "AWS::EC2::SecurityGroupEgress"),
    *("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SubnetRouteTableAssociation"),
    *("AWS::IAM::Policy", "AWS::Lambda::Alias", "AWS::Lambda::EventInvokeConfig"),
    *("AWS::Lambda::Permission", "AWS::Lambda::Version", "AWS::Logs::SubscriptionFilter"),
    *("AWS::Logs::QueryDefinition", "AWS::S3::BucketPolicy", "AWS::SNS::Subscription"),
    *("AWS::SES::ConfigurationSetEventDestination", "AWS::SNS::TopicPolicy"),
    *("AWS::IAM::ManagedPolicy", "AWS::SQS::QueuePolicy"),
}
"""Kinds that have no tags in CloudFormation."""


def _tags(resource: dict[str, Any]) -> dict[str, str]:
    properties = resource.get("Properties", {})
    found = properties.get("Tags", properties.get("ResourceTags", {}))
    return found if isinstance(found, dict) else {each["Key"]: each["Value"] for each in found}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
