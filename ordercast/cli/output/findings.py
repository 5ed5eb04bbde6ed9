"""Print what `ordercast doctor` found: a line for each fact, and what to do. Used by the command."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

from ordercast.events.order_event import Channel
from ordercast.notifications.channels import CHANNELS
from ordercast.operations.doctor.findings import AccountFinding, CheckVerdict
from ordercast.operations.doctor.following import TrialStep
from ordercast.operations.target import LOCAL_STAGE
from ordercast.pacing.opening import Opened

STYLES = {
    CheckVerdict.OK: "green",
    CheckVerdict.LOOK: "yellow",
    CheckVerdict.BAD: "bold red",
    CheckVerdict.UNKNOWN: "bold yellow",
}


def report(found: Sequence[AccountFinding]) -> Text:
    """Show each fact with its verdict, below it what to do, and at the end how many there are of each."""
    shown = Text()
    for each in found:
        shown.append(f"{each.verdict:<9}", style=STYLES[each.verdict])
        shown.append(f"{each.fact}{each.of and f' {each.of}'}: {each.found}\n")
        if each.advice:
            shown.append(f"{'':9}{each.advice}\n", style="dim")
    counted = Counter(each.verdict for each in found)
    return shown.append(
        ", ".join(f"{counted[each]} {each}" for each in CheckVerdict if counted[each])
    )


def channels(known: Mapping[Channel, Opened | None], stage: str) -> str:
    """Say of each channel who opened it, or how it is opened."""
    option = "" if stage == LOCAL_STAGE else f" --stage {stage}"
    return "\n".join(
        f"{CHANNELS[channel].messages}: opened {each.at:%Y-%m-%d %H:%M} UTC by {each.by} ({each.reason})"
        if each
        else f"{CHANNELS[channel].messages}: held until nothing of it is bad or unknown, or by your word:\n"
        f'  ordercast resume --why unopened --channel {channel} --reason "…"{option}'
        for channel, each in known.items()
    )


def document(
    stage: str,
    found: Sequence[AccountFinding],
    known: Mapping[Channel, Opened | None],
    last: Mapping[Channel, TrialStep] | None,
) -> dict[str, Any]:
    """Return all of it as JSON has it.

    `opened` is null of a channel that nobody has opened, `test` is null unless messages were sent.
    """
    return {
        "stage": stage,
        "findings": [_fields(each) for each in found],
        "opened": {
            channel: each and {"by": each.by, "at": each.at.isoformat(), "reason": each.reason}
            for channel, each in known.items()
        },
        "test": last
        and {channel: {"state": each.state, "why": each.why} for channel, each in last.items()},
    }


def _fields(finding: AccountFinding) -> dict[str, Any]:
    """Return a finding; `channel` is null where it is about both."""
    return {
        "fact": finding.fact,
        "of": finding.of,
        "verdict": finding.verdict,
        "found": finding.found,
        "advice": finding.advice,
        "channel": finding.channel,
    }
