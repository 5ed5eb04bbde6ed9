"""SMS logs are forwarded, and the account's SMS attributes are set and restored."""

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from ordercast.errors import NotificationsTopicUnavailable
from ordercast.settings.processors import SmsAttributesSettings
from processors import sms_attributes, sms_log_forwarder
from tests.processors.lambda_events import logs_event

OURS = "arn:aws:iam::123456789012:role/ours"
THEIRS = "arn:aws:iam::123456789012:role/theirs"


def test_every_log_line_is_forwarded_as_it_is() -> None:
    assert ['{"a": 1}', "plain"] == sms_log_forwarder.log_lines(logs_event('{"a": 1}', "plain"))


def test_a_control_message_has_no_lines() -> None:
    """CloudWatch Logs sends one to see whether we are there."""
    event = logs_event("checking", kind="CONTROL_MESSAGE")

    assert [] == sms_log_forwarder.log_lines(event)


class AccountAttributes:
    """SNS as far as it keeps an account's SMS attributes."""

    def __init__(self, **attributes: str) -> None:
        self.kept = attributes

    def get_sms_attributes(self, attributes: list[str]) -> dict[str, Any]:
        return {"attributes": {k: v for k, v in self.kept.items() if k in attributes}}

    def set_sms_attributes(self, attributes: dict[str, str]) -> None:
        self.kept |= attributes


def respond(
    sns: AccountAttributes,
    kind: str,
    resource_id: str | None = None,
    *,
    chosen: dict[str, str] | None = None,
    before: dict[str, str] | None = None,
) -> str:
    event = {
        "RequestType": kind,
        "PhysicalResourceId": resource_id,
        "ResourceProperties": {"ServiceToken": "arn", **(chosen or {})},
        "OldResourceProperties": before or {},
    }
    settings = SmsAttributesSettings(delivery_status_role_arn=OURS)
    return sms_attributes.respond(event, sns, settings)["PhysicalResourceId"]  # type: ignore[arg-type]  # a stand-in for the client


def test_an_operators_other_attributes_are_left_alone() -> None:
    sns = AccountAttributes(MonthlySpendLimit="50", DefaultSenderID="SHOP")

    respond(sns, "Create")

    assert ("50", "SHOP") == (sns.kept["MonthlySpendLimit"], sns.kept["DefaultSenderID"])
    assert (OURS, "100") == (sns.kept[sms_attributes.ROLE], sns.kept[sms_attributes.SAMPLING])


def test_what_was_there_before_comes_back_when_we_leave() -> None:
    sns = AccountAttributes(DeliveryStatusIAMRole=THEIRS, DeliveryStatusSuccessSamplingRate="10")
    resource_id = respond(sns, "Create")
    assert resource_id == respond(sns, "Update", resource_id)

    respond(sns, "Delete", resource_id)

    assert {sms_attributes.ROLE: THEIRS, sms_attributes.SAMPLING: "10"} == sns.kept


def test_what_an_operator_has_set_since_is_not_overwritten_when_we_leave() -> None:
    sns = AccountAttributes()
    resource_id = respond(sns, "Create")
    sns.kept[sms_attributes.ROLE] = THEIRS

    respond(sns, "Delete", resource_id)

    assert THEIRS == sns.kept[sms_attributes.ROLE]


LIMIT = {"MonthlySpendLimit": "500"}


def test_a_monthly_limit_is_set_and_the_former_one_restored_when_we_leave() -> None:
    sns = AccountAttributes(MonthlySpendLimit="50")
    resource_id = respond(sns, "Create", chosen=LIMIT)
    assert "500" == sns.kept["MonthlySpendLimit"]

    respond(sns, "Delete", resource_id, chosen=LIMIT)

    assert "50" == sns.kept["MonthlySpendLimit"]


def test_a_monthly_limit_that_is_set_later_and_given_up_goes_back_to_the_former_one() -> None:
    sns = AccountAttributes(MonthlySpendLimit="50")
    resource_id = respond(sns, "Create")
    respond(sns, "Update", resource_id, chosen=LIMIT)
    assert "500" == sns.kept["MonthlySpendLimit"]

    respond(sns, "Update", resource_id, before=LIMIT)

    assert "50" == sns.kept["MonthlySpendLimit"]
    assert OURS == sns.kept[sms_attributes.ROLE]


def test_a_monthly_limit_that_an_operator_has_raised_since_stays_when_we_leave() -> None:
    sns = AccountAttributes(MonthlySpendLimit="50")
    resource_id = respond(sns, "Create", chosen=LIMIT)
    sns.kept["MonthlySpendLimit"] = "900"

    respond(sns, "Delete", resource_id, chosen=LIMIT)

    assert "900" == sns.kept["MonthlySpendLimit"]


def test_a_creation_that_failed_is_taken_back_without_a_trace() -> None:
    sns = AccountAttributes(DeliveryStatusIAMRole=OURS)

    respond(sns, "Delete", "could-not-create")

    assert {sms_attributes.ROLE: OURS} == sns.kept


@pytest.fixture
def forwarder(monkeypatch: pytest.MonkeyPatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        yield
    sms_log_forwarder._wired.cache_clear()  # noqa: SLF001 - an environment of its own each time


class Context:
    aws_request_id = "r-1"


def test_lines_that_were_not_taken_fail_the_delivery(forwarder, monkeypatch) -> None:
    """Only a failed invocation is tried again and then kept at the failure destination."""
    monkeypatch.setenv("RECEIPTS_TOPIC_ARN", "arn:aws:sns:us-east-1:123456789012:nobody")

    with pytest.raises(NotificationsTopicUnavailable, match="2 of 2 lines"):
        sms_log_forwarder.handler(logs_event("a", "b"), Context())  # type: ignore[arg-type]  # a stand-in for the context


def test_a_delivery_of_which_only_a_part_was_taken_fails_as_a_whole(forwarder, monkeypatch) -> None:
    """The lines that were taken come a second time; those that were not would never come again."""
    monkeypatch.setenv("RECEIPTS_TOPIC_ARN", "arn:aws:sns:us-east-1:123456789012:receipts")
    with Stubber(sms_log_forwarder._wired().client) as stub:  # noqa: SLF001 - the client it made
        stub.add_response(
            "publish_batch",
            {
                "Successful": [{"Id": "0", "MessageId": "m"}],
                "Failed": [{"Id": "1", "Code": "InternalError", "SenderFault": False}],
            },
        )

        with pytest.raises(NotificationsTopicUnavailable, match="1 of 2 lines"):
            sms_log_forwarder.handler(logs_event("a", "b"), Context())  # type: ignore[arg-type]  # a stand-in for the context


def test_lines_that_were_taken_end_the_delivery(forwarder, monkeypatch) -> None:
    topic = boto3.client("sns").create_topic(Name="receipts")["TopicArn"]
    monkeypatch.setenv("RECEIPTS_TOPIC_ARN", topic)

    assert sms_log_forwarder.handler(logs_event("a", "b"), Context()) is None  # type: ignore[arg-type, func-returns-value]  # a stand-in for the context
