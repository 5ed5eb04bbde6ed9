"""Let ministack's CloudFormation deploy metric-math and composite alarms, which it refuses. Used by `serve`.

Those on several metrics are kept and described, but never evaluated: they stay INSUFFICIENT_DATA. A
composite one follows the alarms that it names.
"""

# ruff: noqa: ANN401, SLF001 - ministack's internals have neither types nor a public interface

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def accept_metric_math(provisioners: Any) -> None:
    """Let ministack's CloudFormation *provisioners* make metric-math alarms."""
    provisioners._cw_metric_alarm_record = _with_metric_math(provisioners._cw_metric_alarm_record)


def _with_metric_math(record: Callable[..., Any]) -> Callable[..., Any]:
    def recording(name: str, props: dict[str, Any]) -> Any:
        if not props.get("Metrics"):
            return record(name, props)
        plain = {key: value for key, value in props.items() if key != "Metrics"}
        alarm = record(name, plain | {"MetricName": "-", "Namespace": "-"})
        # Without a name ministack does not try to evaluate it.
        return alarm | {"MetricName": "", "Namespace": "", "Metrics": props["Metrics"]}

    return recording


def accept_composite_alarms(provisioners: Any) -> None:
    """Let ministack's CloudFormation *provisioners* make composite alarms."""
    kept = provisioners._cw._composite_alarms

    def create(logical_id: str, props: dict[str, Any], stack_name: str) -> Any:
        name = provisioners._physical_name(stack_name, logical_id, max_len=255)
        return put(name, props)

    def put(name: str, props: dict[str, Any]) -> Any:
        region, account = provisioners.get_region(), provisioners.get_account_id()
        arn = f"arn:aws:cloudwatch:{region}:{account}:alarm:{name}"
        kept[name] = {
            "AlarmName": name,
            "AlarmArn": arn,
            "AlarmDescription": props.get("AlarmDescription", ""),
            "AlarmRule": props["AlarmRule"],
            "StateValue": "INSUFFICIENT_DATA",
            "StateReason": "",
            "StateUpdatedTimestamp": int(time.time()),
            "ActionsEnabled": True,
            "AlarmActions": [],
            "OKActions": [],
            "InsufficientDataActions": [],
            "AlarmConfigurationUpdatedTimestamp": int(time.time()),
        }
        return name, {"Arn": arn}

    provisioners._RESOURCE_HANDLERS["AWS::CloudWatch::CompositeAlarm"] = {
        "create": create,
        "update": lambda name, _, props, __: put(name, props),
        "delete": lambda name, _: kept.pop(name, None),
    }
