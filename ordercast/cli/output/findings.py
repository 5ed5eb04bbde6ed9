"""Print what `ordercast doctor` found: a line for each fact, and what to do. Used by the command."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.text import Text

from ordercast.operations.doctor.findings import Finding, Verdict

STYLES = {
    Verdict.OK: "green",
    Verdict.LOOK: "yellow",
    Verdict.BAD: "bold red",
    Verdict.UNKNOWN: "bold yellow",
}


def report(found: Sequence[Finding]) -> Text:
    """Show each fact with its verdict, below it what to do, and at the end how many there are of each."""
    shown = Text()
    for each in found:
        shown.append(f"{each.verdict:<9}", style=STYLES[each.verdict])
        shown.append(f"{each.fact}{each.of and f' {each.of}'}: {each.found}\n")
        if each.advice:
            shown.append(f"{'':9}{each.advice}\n", style="dim")
    counted = Counter(each.verdict for each in found)
    return shown.append(", ".join(f"{counted[each]} {each}" for each in Verdict if counted[each]))


def fields_of(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON has it; `channel` is null where it is about both."""
    return {
        "fact": finding.fact,
        "of": finding.of,
        "verdict": finding.verdict,
        "found": finding.found,
        "advice": finding.advice,
        "channel": finding.channel,
    }
