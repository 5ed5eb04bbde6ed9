"""Lambda: set the account's SMS attributes on deployment, and restore them on removal.

SNS has one set for an account and Region, and CloudFormation has no type for it. Only the two
attributes that delivery receipts need are written.
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
    """Answer a CloudFormation request of the CDK provider framework."""
    log = Logger(service="sms-attributes")
    log.info("request_received", extra={"request_type": event["RequestType"]})
    return respond(event, _wired(), SmsAttributesSettings.from_env(os.environ))


def respond(
    event: Mapping[str, Any], sns: "SNSClient", settings: SmsAttributesSettings
) -> dict[str, str]:
    """Set our attributes, or restore the former ones, which the resource id holds."""
    wanted = {ROLE: settings.delivery_status_role_arn, SAMPLING: "100"}
    current = sns.get_sms_attributes(attributes=list(wanted))["attributes"]
    if event["RequestType"] == "Create":
        sns.set_sms_attributes(attributes=wanted)
        return {"PhysicalResourceId": _resource_id(current)}
    resource_id: str = event["PhysicalResourceId"]
    if event["RequestType"] == "Update":
        sns.set_sms_attributes(attributes=wanted)
    elif current.get(ROLE) == wanted[ROLE]:
        # Still ours, so nobody has changed them since: restore the former ones.
        before = _former_attributes(resource_id)
        if before:
            sns.set_sms_attributes(attributes=before)
    return {"PhysicalResourceId": resource_id}


def _resource_id(attributes: Mapping[str, str]) -> str:
    return _ID_PREFIX + urlsafe_b64encode(json.dumps(attributes, sort_keys=True).encode()).decode()


def _former_attributes(resource_id: str) -> dict[str, str]:
    if not resource_id.startswith(_ID_PREFIX):
        return {}  # a Create that failed before it wrote anything
    former: dict[str, str] = json.loads(urlsafe_b64decode(resource_id.removeprefix(_ID_PREFIX)))
    return former


@cache
def _wired() -> "SNSClient":
    return clients.sns_topics()
