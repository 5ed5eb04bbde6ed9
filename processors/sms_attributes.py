"""Lambda: set the account's SMS attributes on deployment, and restore them on removal.

SNS has one set for an account and Region, and CloudFormation has no type for it. Only the two
attributes that delivery receipts need are written, and those that stages/account.toml sets.
"""

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from ordercast.gateways import clients
from ordercast.settings.processors import MONTHLY_LIMIT, USAGE_REPORTS, SmsAttributesSettings

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

ROLE = "DeliveryStatusIAMRole"
SAMPLING = "DeliveryStatusSuccessSamplingRate"
CHOSEN = (MONTHLY_LIMIT, USAGE_REPORTS)

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
    ours = {ROLE: settings.delivery_status_role_arn, SAMPLING: "100"}
    chosen = _chosen(event, "ResourceProperties")
    current = sns.get_sms_attributes(attributes=[*ours, *CHOSEN])["attributes"]
    if event["RequestType"] == "Create":
        sns.set_sms_attributes(attributes=ours | chosen)
        return {"PhysicalResourceId": _resource_id(current)}
    resource_id: str = event["PhysicalResourceId"]
    former = _former_attributes(resource_id)
    if event["RequestType"] == "Update":
        given_up = _chosen(event, "OldResourceProperties").keys() - chosen
        wanted = _only(former, given_up) | ours | chosen
    else:
        # Whatever is no longer ours, somebody has changed since: only the rest is restored.
        still_ours = {name for name, value in chosen.items() if current.get(name) == value}
        if current.get(ROLE) == ours[ROLE]:
            still_ours |= ours.keys()
        wanted = _only(former, still_ours)
    if wanted:
        sns.set_sms_attributes(attributes=wanted)
    return {"PhysicalResourceId": resource_id}


def _chosen(event: Mapping[str, Any], properties: str) -> dict[str, str]:
    return _only(event.get(properties, {}), CHOSEN)


def _only(attributes: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    return {name: attributes[name] for name in names if name in attributes}


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
