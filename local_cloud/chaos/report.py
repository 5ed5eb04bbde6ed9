"""Print what was thrown in a chaos run and what came of it, with the verdict. Used by `run`."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from rich.console import Console
from rich.table import Table

from local_cloud.chaos.rest import Rest
from local_cloud.demo.comparison import DemoCount
from ordercast.parked.item import Kind

ENOUGH, ENOUGH_KINDS = 2_000, 10
"""Faults and kinds of them that a run of FULL orders has to throw."""

FULL = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ChaosOutcome:
    """All that a chaos run found; `unreadable` records were put, and `counts` are by who counted."""

    orders: int
    seed: int
    thrown: Counter[str]
    rest: Rest
    parked: Mapping[Kind, int]
    unreadable: int
    counts: Mapping[str, DemoCount]
    flowed: timedelta

    @property
    def broken(self) -> dict[str, int]:
        """The promises that were broken, and how often."""
        found = dict(self.rest.judgement.broken)
        records = self.parked.get(Kind.RECORD, 0)
        if records != self.unreadable:
            found["records parked, but not for being unreadable"] = records - self.unreadable
        for kind in (Kind.BATCH, Kind.DEAD_LETTER, Kind.NOTIFICATION):
            if self.parked.get(kind):
                found[f"parked: {kind}"] = self.parked[kind]
        if not self.rest.verified.is_right:
            found["verify finds differences"] = 1
        if self.rest.left:
            found["in flight at the end"] = self.rest.left.records + self.rest.left.messages
        if self.uncounted != self._doubts_taken:
            found["messages that rollups and simulator disagree on, unexplained"] = int(
                self.uncounted - self._doubts_taken
            )
        if self.orders >= FULL and (
            self.thrown.total() < ENOUGH or len(self.thrown) < ENOUGH_KINDS
        ):
            found["too few faults"] = self.thrown.total()
        return found

    @property
    def uncounted(self) -> Decimal:
        """How many texts the simulator took that the rollups do not count as sent."""
        return self.counts["simulator"]["sms sent"] - self.counts["rollups"]["sms sent"]

    @property
    def _doubts_taken(self) -> Decimal:
        return Decimal(sum(channel == "sms" for _, channel in self.rest.judgement.taken))


def print_outcome(outcome: ChaosOutcome, console: Console) -> None:
    """Print two tables and the verdict."""
    thrown = Table("thrown", "times", title=f"chaos, seed {outcome.seed}", title_justify="left")
    thrown.columns[1].justify = "right"
    for kind, times in sorted(outcome.thrown.items()):
        thrown.add_row(kind, f"{times:,}")
    total = f"{outcome.thrown.total():,}"
    thrown.add_row(f"in all, of {len(outcome.thrown)} kinds", total, style="bold")
    console.print(thrown)
    came = Table("what came of it", "", title_justify="left")
    came.columns[1].justify = "right"
    for name, figure in _figures(outcome).items():
        came.add_row(name, figure)
    console.print(came)
    for name, times in outcome.broken.items():
        console.print(f"[bold red]✗[/] {name}: {times:,}")
    if not outcome.broken:
        console.print("[bold green]✓[/] Every promise held.")


def _figures(outcome: ChaosOutcome) -> dict[str, str]:
    judged, verified = outcome.rest.judgement, outcome.rest.verified
    doubts = {f"in doubt, {rule}": f"{n:,}" for rule, n in sorted(judged.in_doubt.items())}
    named = {f"suppressed, {rule}": f"{n:,}" for rule, n in sorted(judged.suppressed.items())}
    counted = {
        f"{figure}: simulator, rollups, CloudWatch": ", ".join(
            f"{count[figure]:,.5f}" if figure == "cost" else f"{count[figure]:,.0f}"
            for count in outcome.counts.values()
        )
        for figure in ("sms sent", "email sent", "cost")
    }
    return {
        "orders": f"{outcome.orders:,}",
        "messages wanted": f"{judged.wanted:,}",
        "with the provider": f"{judged.arrived:,}",
        "lost": f"{len(judged.lost):,}",
        "doubled outside the documented resend": f"{len(judged.doubled):,}",
        "e-mails in doubt that were sent again, as documented": f"{len(judged.resent):,}",
        **doubts,
        "in doubt and unexplained": f"{len(judged.unexplained):,}",
        "in doubt, though taken": f"{len(judged.taken):,}",
        **named,
        "parked": ", ".join(f"{n} {kind}" for kind, n in outcome.parked.items()) or "0",
        "of these records that hold no event": f"{outcome.unreadable:,}",
        **counted,
        "verify": "clean" if verified.is_right else "finds differences",
        "orders flowed": f"{outcome.flowed.total_seconds():.0f} s",
        "time to rest": f"{outcome.rest.seconds:.0f} s",
    }
