"""In what stages differ, what deployment and code agree on, and what stays unnamed."""

import importlib
import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest

from analytics.settings import AnalyticsSettings, VerifierSettings
from gateways import ledger_indexes, trail_item
from gateways.environment import EnvironmentSettings
from pipeline.stage import ONE_WAVE
from processors import settings
from tests.pipeline.synthesis import ROOT, Synthesis, cdk_context
from workflows.send_messages import WAVE_TAKES

pytestmark = pytest.mark.synth

SETTINGS: dict[str, type[EnvironmentSettings]] = {
    "processors.order_relay.handler": settings.OrderRelaySettings,
    "processors.sms_sender.handler": settings.SmsSenderSettings,
    "processors.email_sender.handler": settings.EmailSenderSettings,
    "processors.receipt_tracker.handler": settings.ReceiptTrackerSettings,
    "processors.sweeper.handler": settings.SweeperSettings,
    "processors.sms_log_forwarder.handler": settings.SmsLogForwarderSettings,
    "processors.sms_attributes.handler": settings.SmsAttributesSettings,
    "analytics.processor.handler": AnalyticsSettings,
    "analytics.verifier.handler": VerifierSettings,
}

NAMES = {
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::Events::Rule": "Name",
    "AWS::IAM::Role": "RoleName",
    "AWS::Kinesis::Stream": "Name",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SES::ConfigurationSet": "Name",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
}


def test_every_function_finds_the_settings_it_reads(synthesis: Synthesis) -> None:
    """What was deployed is read back without loss, and nothing is deployed that is not read."""
    for _, _, function in synthesis.functions:
        deployed = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in function["Environment"]["Variables"].items()
        }
        assert deployed == SETTINGS[function["Handler"]].from_env(deployed).to_env()


def test_every_handler_is_there(syntheses: dict[str, Synthesis]) -> None:
    handlers = {function["Handler"] for _, _, function in syntheses["dev"].functions}
    assert set(SETTINGS) == handlers
    for handler in handlers:
        module, _, name = handler.rpartition(".")
        assert callable(getattr(importlib.import_module(module), name))


def test_all_functions_of_a_stage_are_one_bundle(synthesis: Synthesis) -> None:
    assert 1 == len({json.dumps(function["Code"]) for _, _, function in synthesis.functions})


def test_dev_and_prod_differ_in_numbers_only(syntheses: dict[str, Synthesis]) -> None:
    """What was tried in one is what runs in the other."""
    assert _shape(syntheses["dev"]) == _shape(syntheses["prod"])


def test_the_account_stack_is_the_same_whichever_stage_deploys_it(
    syntheses: dict[str, Synthesis],
) -> None:
    """Both stages of an account would otherwise undo each other's."""
    account = "Ordercast-Account"
    dev, prod = syntheses["dev"].templates[account], syntheses["prod"].templates[account]
    assert dev["Resources"] == prod["Resources"]


def test_what_other_stages_use_and_what_prod_knows_is_not_deleted_by_mistake(
    syntheses: dict[str, Synthesis],
) -> None:
    protected = {name: synthesis.protected for name, synthesis in syntheses.items()}
    assert protected == {
        "local": frozenset(),
        "dev": {"Ordercast-Account"},
        "prod": {"Ordercast-Account", "Ordercast-prod-Data"},
    }


def test_removing_a_stage_selects_its_own_stacks_and_not_the_accounts(
    syntheses: dict[str, Synthesis],
) -> None:
    """Other stages send their texts through the account's stack."""
    told = subprocess.run(
        ["make", "--dry-run", "destroy", "STAGE=dev"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    selections = re.findall(r"cdk destroy (.+) -c stage=dev$", told, flags=re.MULTILINE)
    (pattern,) = shlex.split(selections[0])
    selected = {stack for stack in syntheses["dev"].templates if fnmatchcase(stack, pattern)}
    assert set(syntheses["dev"].templates) - {"Ordercast-Account"} == selected


def test_only_deployed_stages_set_the_accounts_sms_attributes(
    syntheses: dict[str, Synthesis],
) -> None:
    """The local cloud does not know the call."""
    having = {
        stage
        for stage, synthesis in syntheses.items()
        if "processors.sms_attributes.handler" in str(synthesis.templates)
    }
    assert {"dev", "prod"} == having


def test_local_runs_what_is_running_and_the_others_what_lambda_runs(
    syntheses: dict[str, Synthesis],
) -> None:
    for stage in ("dev", "prod"):
        for _, _, function in syntheses[stage].functions:
            assert ("python3.13", ["arm64"]) == (function["Runtime"], function["Architectures"])
    local = {json.dumps(each["Code"]) for _, _, each in syntheses["local"].functions}
    deployed = {json.dumps(each["Code"]) for _, _, each in syntheses["dev"].functions}
    assert not local & deployed


def test_prod_keeps_its_data_when_its_stack_goes(syntheses: dict[str, Synthesis]) -> None:
    for kind in ("AWS::DynamoDB::Table", "AWS::Kinesis::Stream", "AWS::S3::Bucket"):
        for _, _, resource in syntheses["prod"].each(kind):
            assert "Retain" == resource["DeletionPolicy"]


def test_cloudformation_names_everything(synthesis: Synthesis) -> None:
    """A fixed name collides on replacement and with a second stage. SNS dictates two of them."""
    named = [
        str(resource["Properties"][name])
        for kind, name in NAMES.items()
        for _, _, resource in synthesis.each(kind)
        if name in resource["Properties"]
    ]
    assert 2 == len(named)
    assert all("/DirectPublishToPhoneNumber" in name for name in named)


def test_the_command_line_finds_what_it_looks_for(synthesis: Synthesis) -> None:
    said = {
        name
        for stack in ("Data", "Pipeline")
        for name in synthesis.templates[f"Ordercast-{synthesis.stage}-{stack}"]["Outputs"]
    }
    assert {
        "ConfigurationSetName",
        "CustomersTableName",
        "HubTopicArn",
        "LedgerTableName",
        "OrdersStreamName",
        "ParkedBucketName",
        "ReceiptsQueueUrl",
        "ReceiptsTableName",
        "SweeperFunctionName",
    } <= said


def test_the_ledger_has_the_keys_and_the_indexes_that_code_relies_on(synthesis: Synthesis) -> None:
    (ledger,) = [
        table["Properties"]
        for _, name, table in synthesis.each("AWS::DynamoDB::Table")
        if name.startswith("Ledger")
    ]
    assert [("pk", "HASH"), ("sk", "RANGE")] == _keys(ledger)
    indexes = ledger["GlobalSecondaryIndexes"]
    assert {
        ledger_indexes.DUE_INDEX: [("due_shard", "HASH"), ("due_at", "RANGE")],
        ledger_indexes.CUSTOMER_INDEX: [("person", "HASH"), ("accepted_at", "RANGE")],
        ledger_indexes.FAILURE_INDEX: [(ledger_indexes.FAILURE, "HASH")],
    } == {each["IndexName"]: _keys(each) for each in indexes}
    assert {"KEYS_ONLY"} == {each["Projection"]["ProjectionType"] for each in indexes}
    assert "NEW_IMAGE" == ledger["StreamSpecification"]["StreamViewType"]


def test_receipts_have_the_key_and_the_index_that_code_relies_on(synthesis: Synthesis) -> None:
    [receipts] = [
        table["Properties"]
        for _, name, table in synthesis.each("AWS::DynamoDB::Table")
        if name.startswith("Receipts")
    ]
    assert [("message_id", "HASH")] == _keys(receipts)
    [due] = receipts["GlobalSecondaryIndexes"]
    assert trail_item.DUE_INDEX == due["IndexName"]
    assert [("due_shard", "HASH"), ("due_at", "RANGE")] == _keys(due)
    assert "KEYS_ONLY" == due["Projection"]["ProjectionType"]


def test_people_are_found_by_the_key_that_code_relies_on(synthesis: Synthesis) -> None:
    [customers] = [
        table["Properties"]
        for _, name, table in synthesis.each("AWS::DynamoDB::Table")
        if name.startswith("Customers")
    ]
    assert [("person", "HASH")] == _keys(customers)
    assert [{"AttributeName": "person", "AttributeType": "S"}] == customers["AttributeDefinitions"]


def test_whom_a_stage_may_write_to(syntheses: dict[str, Synthesis]) -> None:
    """Only prod writes to customers: what is tried elsewhere reaches nobody real."""
    allowed = {
        stage: _environment(synthesis, "processors.order_relay.handler")["ALLOWED_RECIPIENTS"]
        for stage, synthesis in syntheses.items()
    }
    assert ("*@simulator.amazonses.com", "*") == (allowed["dev"], allowed["prod"])
    local = settings.recipient_patterns(allowed["local"])
    assert "*" not in local
    # Reserved for documentation and fiction, or SES's own simulator.
    for pattern in local:
        assert pattern.endswith(("@example.com", ".example.com", "@simulator.amazonses.com")) or (
            pattern in {"+1???55501??", "+4670174060[5-9]", "+467017406[1-9]?"}
            or pattern.startswith("+61491570")
        )


def test_a_sender_has_time_for_at_least_one_wave(synthesis: Synthesis) -> None:
    """With less it would begin nothing, and bring its messages back for ever."""
    assert ONE_WAVE == WAVE_TAKES
    for handler in ("processors.sms_sender.handler", "processors.email_sender.handler"):
        [timeout] = [
            each["Timeout"] for _, _, each in synthesis.functions if each["Handler"] == handler
        ]
        assert timeout > WAVE_TAKES.total_seconds()


def test_an_unknown_stage_is_refused_with_the_ones_there_are(
    syntheses: dict[str, Synthesis],
) -> None:
    assert syntheses
    from aws_cdk import App  # noqa: PLC0415  (importing it starts Node)

    from app import compose  # noqa: PLC0415
    from pipeline.cdk_json import BadStage  # noqa: PLC0415

    with pytest.raises(BadStage, match="local, dev, prod"):
        compose(App(context={**cdk_context(), "stage": "prd"}))


def _environment(synthesis: Synthesis, handler: str) -> dict[str, str]:
    [found] = [each for _, _, each in synthesis.functions if each["Handler"] == handler]
    variables: dict[str, str] = found["Environment"]["Variables"]
    return variables


def _keys(table: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["AttributeName"], each["KeyType"]) for each in table["KeySchema"]]


def _shape(synthesis: Synthesis) -> set[str]:
    """The templates' keys and references, without values and without the stage's name."""
    return {
        # CDK ends its ids in a hash of the path, and the path begins with the stage's name
        re.sub("[0-9A-F]{8}", "", line.replace(synthesis.stage, "STAGE"))
        for stack, template in synthesis.templates.items()
        for line in _lines(f"{stack}", template["Resources"])
        # on demand there is no number of shards to give
        if not line.endswith("/ShardCount")
    }


def _lines(path: str, value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key != "Metadata":
                yield from _lines(f"{path}/{key}", inner)
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _lines(f"{path}/{position}", inner)
    elif "/Ref" in path or "/Fn::GetAtt" in path or path.endswith("/Type"):
        yield f"{path}={value}"
    else:
        yield path


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_a_receipt_that_keeps_failing_is_a_dead_letter_before_an_e_mail_is_sent_again(
    syntheses: dict[str, Synthesis], stage: str
) -> None:
    """The metric of a queue's age leaves out what was received more than three times."""
    resend = int(_environment(syntheses[stage], "processors.sweeper.handler")["RESEND_EMAIL_AFTER"])
    (queue,) = [
        queue["Properties"]
        for _, name, queue in syntheses[stage].each("AWS::SQS::Queue")
        if name.startswith("Receipts") and "RedrivePolicy" in queue["Properties"]
    ]

    assert resend > queue["VisibilityTimeout"] * queue["RedrivePolicy"]["maxReceiveCount"]
