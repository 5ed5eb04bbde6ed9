"""Lambda: the account's SMS attributes gain ours when deployed, and get their own back after.

SNS has one set of SMS attributes for an account and Region, and CloudFormation has no type for
it. Only the two that delivery receipts need are written; the operator's others are left alone.
"""

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from ordercast.gateways import clients
from ordercast.settings.processors import SmsAttributesSettings

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

ROLE = "DeliveryStatusIAMRole"
SAMPLING = "DeliveryStatusSuccessSamplingRate"

_ID_PREFIX = "sms-attributes/"


def handler(event: dict[str, Any], _context: object) -> dict[str, str]:
    """Answer one CloudFormation request, as the CDK provider framework hands it on."""
    log = Logger(service="sms-attributes")
    log.info("request_received", extra={"request_type": event["RequestType"]})
    return respond(event, _wired(), SmsAttributesSettings.from_env(os.environ))


def respond(
    event: Mapping[str, Any], sns: "SNSClient", settings: SmsAttributesSettings
) -> dict[str, str]:
    """Write ours, or give back what was there; the resource's id remembers what that was."""
    wanted = {ROLE: settings.delivery_status_role_arn, SAMPLING: "100"}
    current = sns.get_sms_attributes(attributes=list(wanted))["attributes"]
    if event["RequestType"] == "Create":
        sns.set_sms_attributes(attributes=wanted)
        return {"PhysicalResourceId": _remember(current)}
    resource_id: str = event["PhysicalResourceId"]
    if event["RequestType"] == "Update":
        sns.set_sms_attributes(attributes=wanted)
    elif current.get(ROLE) == wanted[ROLE]:
        # Still ours, so nobody has set others since: give back what we found.
        before = _recall(resource_id)
        if before:
            sns.set_sms_attributes(attributes=before)
    return {"PhysicalResourceId": resource_id}


def _remember(attributes: Mapping[str, str]) -> str:
    return _ID_PREFIX + urlsafe_b64encode(json.dumps(attributes, sort_keys=True).encode()).decode()


def _recall(resource_id: str) -> dict[str, str]:
    if not resource_id.startswith(_ID_PREFIX):
        return {}  # a Create that failed before it wrote anything
    remembered: dict[str, str] = json.loads(urlsafe_b64decode(resource_id.removeprefix(_ID_PREFIX)))
    return remembered


@cache
def _wired() -> "SNSClient":
    return clients.sns_topics()
