"""Let ministack's CloudFormation deploy composite and metric-math alarms, which it refuses. Used by `serve`.

Composite alarms are made with PutCompositeAlarm. Metric-math alarms are kept and described, but
never evaluated: they stay INSUFFICIENT_DATA.
"""

# ruff: noqa: ANN401, SLF001 - ministack's internals have neither types nor a public interface

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_ERROR = 400


def accept_every_alarm(provisioners: Any, cloudwatch: Any) -> None:
    """Add composite and metric-math alarms to ministack's CloudFormation *provisioners*."""
    provisioners._cw_metric_alarm_record = _with_metric_math(provisioners._cw_metric_alarm_record)
    composite = _Composite(provisioners, cloudwatch)
    provisioners._RESOURCE_HANDLERS["AWS::CloudWatch::CompositeAlarm"] = {
        "create": composite.create,
        "update": composite.update,
        "update_with_logical_id": True,
        "delete": composite.delete,
    }


def _with_metric_math(record: Callable[..., Any]) -> Callable[..., Any]:
    def recording(name: str, props: dict[str, Any]) -> Any:
        if not props.get("Metrics"):
            return record(name, props)
        plain = {key: value for key, value in props.items() if key != "Metrics"}
        alarm = record(name, plain | {"MetricName": "-", "Namespace": "-"})
        # Without a name ministack does not try to evaluate it.
        return alarm | {"MetricName": "", "Namespace": "", "Metrics": props["Metrics"]}

    return recording


class _Composite:
    """CloudFormation's create, update and delete of a composite alarm, whose physical id is its name."""

    def __init__(self, provisioners: Any, cloudwatch: Any) -> None:
        self._provisioners = provisioners
        self._cloudwatch = cloudwatch

    def create(self, logical_id: str, props: dict[str, Any], stack_name: str) -> Any:
        physical_name = self._provisioners._physical_name
        return self._put(
            props.get("AlarmName") or physical_name(stack_name, logical_id, max_len=255), props
        )

    def update(
        self,
        physical_id: str,
        _old: dict[str, Any],
        props: dict[str, Any],
        _stack_name: str,
        logical_id: str | None = None,
    ) -> Any:
        """Put it again; a new AlarmName replaces the alarm, as CloudFormation documents."""
        del logical_id
        answer = self._put(props.get("AlarmName") or physical_id, props)
        if answer[0] != physical_id:
            self.delete(physical_id, props)
        return answer

    def delete(self, physical_id: str, _props: dict[str, Any]) -> None:
        self._cloudwatch._composite_alarms.pop(physical_id, None)
        self._cloudwatch._composite_triggers.pop(physical_id, None)

    def _put(self, name: str, props: dict[str, Any]) -> Any:
        request = props | {
            "AlarmName": name,
            "ActionsEnabled": _true(props.get("ActionsEnabled", True)),
        }
        status, _, body = self._cloudwatch._put_composite_alarm(
            {}, request, is_cbor=False, is_json=True
        )
        if status >= FIRST_ERROR:
            raise ValueError(json.loads(body).get("message", "PutCompositeAlarm refused the alarm"))
        return name, {"Arn": self._cloudwatch._composite_alarms[name]["AlarmArn"]}


def _true(value: object) -> bool:
    """Read a template's boolean, which may have become a string."""
    return str(value).lower() == "true"
