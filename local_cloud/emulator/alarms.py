"""Let ministack's CloudFormation deploy metric-math alarms, which it refuses. Used by `serve`.

They are kept and described, but never evaluated: they stay INSUFFICIENT_DATA.
"""

# ruff: noqa: ANN401, SLF001 - ministack's internals have neither types nor a public interface

from __future__ import annotations

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
