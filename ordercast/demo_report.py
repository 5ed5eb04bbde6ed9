"""What a demo saw in, the tables and the advice that it ends with out."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table as Grid
from rich.text import Text

from local.inbox import SentMessage
from notifications.lifecycle import State
from notifications.notification import Notification
from notifications.order_event import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was to be told, and what each witness saw of it."""

    orders: int
    wanted: int
    messages: Sequence[SentMessage]
    twice: int
    rows: Sequence[Notification]
    counted: int
    page: Path

    @property
    def complete(self) -> bool:
        """Whether everybody got everything, once, and all who count agree."""
        delivered = sum(row.state is State.DELIVERED for row in self.rows)
        return not self.twice and {len(self.messages), delivered, self.counted} == {self.wanted}


def print_outcome(outcome: Outcome, console: Console) -> None:
    """Print what arrived, one message of each kind in full, and who counted what."""
    console.print()
    for channel in Channel:
        example = next((m for m in outcome.messages if m.channel == channel), None)
        if example:
            console.print(_message(example))
    console.print(_witnesses(outcome))
    console.print()
    if outcome.complete:
        console.print(
            f"[bold green]✓[/] {outcome.orders} orders, {outcome.wanted} messages: "
            "each was sent once, delivered and counted."
        )
    else:
        console.print("[bold red]✗[/] Not everything arrived, or not once: see the table.")


def _message(message: SentMessage) -> Panel:
    words = Text(message.text)
    body = Group(Text(message.subject, style="bold"), words) if message.subject else words
    title = f"{message.channel} to {message.to}"
    return Panel(body, title=title, title_align="left", width=76)


def _witnesses(outcome: Outcome) -> Grid:
    grid = Grid(title="Who saw what", title_justify="left", min_width=60)
    grid.add_column("witness")
    for channel in Channel:
        grid.add_column(channel, justify="right")
    grid.add_column("both", justify="right")
    grid.add_row("asked for by the orders", *_numbers([outcome.orders] * len(Channel)))
    carried = [sum(m.channel == channel for m in outcome.messages) for channel in Channel]
    grid.add_row("given to the carrier (simulated)", *_numbers(carried))
    for state in State:
        rows = [row for row in outcome.rows if row.state is state]
        if rows:
            counts = [sum(row.channel is channel for row in rows) for channel in Channel]
            grid.add_row(f"{state} on the ledger", *_numbers(counts))
    grid.add_row("accepted, by CloudWatch", *[""] * len(Channel), str(outcome.counted))
    grid.add_row("sent a second time", *[""] * len(Channel), str(outcome.twice))
    return grid


def _numbers(counts: Sequence[int]) -> list[str]:
    return [str(count) for count in [*counts, sum(counts)]]
