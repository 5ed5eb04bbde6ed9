"""List the messages of a local cloud, and save them as pages. Used by `ordercast inbox` and the demo."""

import shutil
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from jinja2 import Template
from rich.table import Table as Grid
from rich.text import Text

from local_cloud.inbox import SentMessage
from local_cloud.supervisor.state import PRIVATE


def inbox_listing(messages: Sequence[SentMessage], *, last: int) -> Grid:
    """Draw one line a message, oldest first; an e-mail shows its subject. Times are UTC."""
    grid = Grid(box=None, pad_edge=False, header_style="bold")
    for column in ("at", "channel", "to", "message"):
        grid.add_column(column, overflow="fold", no_wrap=column in {"at", "channel"})
    for message in messages[-last:] if last else messages:
        grid.add_row(
            f"{message.at:%H:%M:%S}",
            f"{message.channel}{' (promotional)' if message.is_promotional else ''}",
            message.to,
            # Text, not markup: a shop may well be called "[red]".
            Text(message.subject or message.text),
        )
    return grid


def save_inbox(messages: Sequence[SentMessage], folder: Path) -> Path:
    """Write every message below *folder*, readable by its owner only; return the page that lists them.

    The e-mails of an earlier run are removed: the new page leads to none of them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(PRIVATE)
    emails = folder / "emails"
    shutil.rmtree(emails, ignore_errors=True)
    emails.mkdir()
    for place, message in enumerate(messages, start=1):
        if message.html:
            (emails / f"{place:04}.html").write_text(message.html, encoding="utf-8")
    page = folder / "index.html"
    written = files("ordercast.cli.local").joinpath("inbox.html").read_text("utf-8")
    template = Template(written, autoescape=True, trim_blocks=True, keep_trailing_newline=True)
    page.write_text(template.render(messages=messages), encoding="utf-8")
    return page
