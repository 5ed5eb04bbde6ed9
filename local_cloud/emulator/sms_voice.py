"""Teach ministack the resources of End User Messaging, which it does not know. Used by `serve`.

Configuration sets and protect configurations are kept by Region, in memory, and the sets described;
the texts themselves are the provider simulator's.
"""

# ruff: noqa: ANN401, SLF001 - ministack's internals have neither types nor a public interface

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

SERVICE = "sms-voice"
"""As calls to it are signed."""


def know_sms_voice(provisioners: Any, app: Any, router: Any) -> None:
    """Let CloudFormation's *provisioners* make the resources, and answer DescribeConfigurationSets."""
    kept: dict[tuple[str, str], dict[str, Any]] = {}

    def put_set(name: str, props: dict[str, Any]) -> Any:
        region = provisioners.get_region()
        arn = _arn(region, provisioners.get_account_id(), f"configuration-set/{name}")
        kept[region, name] = {
            "ConfigurationSetName": name,
            "ConfigurationSetArn": arn,
            "EventDestinations": props.get("EventDestinations", []),
        }
        return name, {"Arn": arn}

    def create_set(logical_id: str, props: dict[str, Any], stack: str) -> Any:
        made = provisioners._physical_name(stack, logical_id, max_len=64)
        return put_set(props.get("ConfigurationSetName") or made, props)

    def create_protection(*_: Any) -> Any:
        return protection(f"protect-{uuid4().hex}")

    def protection(made: str, *_: Any) -> Any:
        region, account = provisioners.get_region(), provisioners.get_account_id()
        arn = _arn(region, account, f"protect-configuration/{made}")
        return made, {"Arn": arn, "ProtectConfigurationId": made}

    async def answer(_: str, __: str, headers: dict[str, str], body: bytes, ___: Any) -> Any:
        return _described(kept, provisioners.get_region(), headers, body)

    provisioners._RESOURCE_HANDLERS["AWS::SMSVOICE::ConfigurationSet"] = {
        "create": create_set,
        "update": lambda name, _, props, __: put_set(name, props),
        "delete": lambda name, _: kept.pop((provisioners.get_region(), name), None),
    }
    provisioners._RESOURCE_HANDLERS["AWS::SMSVOICE::ProtectConfiguration"] = {
        "create": create_protection,
        "update": protection,
        "delete": lambda *_: None,
    }
    app.SERVICE_HANDLERS[SERVICE] = answer
    router.SERVICE_PATTERNS[SERVICE] = {"target_prefixes": ["PinpointSMSVoiceV2"]}


def _described(
    kept: dict[tuple[str, str], dict[str, Any]], region: str, headers: dict[str, str], body: bytes
) -> tuple[int, dict[str, str], bytes]:
    if not headers.get("x-amz-target", "").endswith(".DescribeConfigurationSets"):
        return _answered(400, {"__type": "UnknownOperationException"})
    wanted = json.loads(body or b"{}").get("ConfigurationSetNames")
    names = wanted or [name for at, name in kept if at == region]
    if missing := [name for name in names if (region, name) not in kept]:
        error = {"__type": "ResourceNotFoundException", "Message": "No such set."}
        return _answered(
            400, error | {"ResourceType": "configuration-set", "ResourceId": missing[0]}
        )
    return _answered(200, {"ConfigurationSets": [kept[region, name] for name in names]})


def _answered(status: int, body: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
    return status, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps(body).encode()


def _arn(region: str, account: str, resource: str) -> str:
    return f"arn:aws:{SERVICE}:{region}:{account}:{resource}"
