"""The command `ordercast alarms`: what rings, since when, its threshold and where the runbook tells of it. Used by operators."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.text import Text

from ordercast.cli.options import AsJson, CloudName, Stage
from ordercast.cli.output.terminal import console
from ordercast.operations.alarms import AlarmState, StageAlarm, stage_alarms
from ordercast.operations.target import LOCAL_STAGE, target
from ordercast.operations.units import NONE, count
from ordercast.queries.verdicts import ago
from ordercast.settings.alarm_severity import Severity
from ordercast.wiring.clock import utc_now

SIMULATED = (
    "A local cloud judges alarms on one metric, and Health; those on several stay without data."
)

STYLES = {Severity.URGENT: "bold red", Severity.WARNING: "bold yellow", Severity.NOTICE: "bold"}

STATES = {AlarmState.RINGS: "rings", AlarmState.QUIET: "quiet", AlarmState.NO_DATA: "no data"}


def alarms(
    every: Annotated[bool, typer.Option("--all", help="Those that are quiet, too.")] = False,  # noqa: FBT002
    as_json: AsJson = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """List the alarms that ring, the most urgent first. Status 1 if any but a notice does."""
    now = utc_now()
    found = stage_alarms(target(stage, cloud), now=now, every=every)
    if as_json:
        print(json.dumps([document(each) for each in found], indent=2))
    else:
        for each in found:
            _show(each, now)
        console.print(_summary(found))
        if stage == LOCAL_STAGE:
            console.print(SIMULATED, style="dim")
    if any(each.calls_for_an_operator for each in found):
        raise typer.Exit(1)


def _show(alarm: StageAlarm, now: datetime) -> None:
    """Print an alarm in three lines: what and since when, what it measures, where to read on."""
    since = (
        f" since {alarm.since:%Y-%m-%d %H:%M} UTC, {ago(alarm.since, now)}" if alarm.since else ""
    )
    style = STYLES[alarm.severity] if alarm.rings else "dim"
    line = Text(f"{alarm.severity:<8} ", style=style)
    console.print(line.append(f"{alarm.id} {STATES[alarm.state]}{since} ({alarm.region})"))
    value = NONE if alarm.value is None else f"{alarm.value:g}"
    measured = f" Value {value}; rings {alarm.threshold}." if alarm.threshold else ""
    console.print(Text(f"{'':9}{alarm.means}{measured}", style="dim"))
    console.print(Text(f"{'':9}{alarm.runbook}", style="dim"))


def _summary(found: Sequence[StageAlarm]) -> str:
    ringing = sum(each.rings for each in found)
    quiet = f", {count(len(found) - ringing)} do not" if len(found) > ringing else ""
    return (
        f"{count(ringing, 'alarm')} {'rings' if ringing == 1 else 'ring'}{quiet}."
        if found
        else "No alarm rings."
    )


def document(alarm: StageAlarm) -> dict[str, Any]:
    """Return an alarm as `--json` has it; `value` is null where nothing was counted lately."""
    return asdict(alarm) | {"since": alarm.since and alarm.since.isoformat()}
