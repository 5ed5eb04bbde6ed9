"""Draw the newest messages of a local cloud as a table. Used by `ordercast inbox`."""

from collections.abc import Sequence

from rich.table import Table as Grid
from rich.text import Text

from local_cloud.inbox import SentMessage


def inbox_listing(messages: Sequence[SentMessage], *, last: int) -> Grid:
    """Draw one line a message, oldest first; an e-mail shows its subject. Times are UTC."""
    grid = Grid(box=None, pad_edge=False, header_style="bold")
    for column in ("at", "channel", "to", "message"):
        grid.add_column(column, overflow="fold", no_wrap=column in {"at", "channel"})
    for message in messages[-last:] if last else messages:
        grid.add_row(
            f"{message.at:%H:%M:%S}",
            message.channel,
            message.to,
            # Text, not markup: a shop may well be called "[red]".
            Text(message.subject or message.text),
        )
    return grid
