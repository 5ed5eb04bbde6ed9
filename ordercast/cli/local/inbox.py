"""List the messages of a local cloud, and save them as pages. Used by `ordercast inbox` and the demo."""

import shutil
from collections.abc import Sequence
from html import escape
from pathlib import Path

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
            message.channel,
            message.to,
            # Text, not markup: a shop may well be called "[red]".
            Text(message.subject or message.text),
        )
    return grid


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Inbox</title>
<style>
  :root {{ color-scheme: light dark; }}
  body {{ margin: 2rem auto; max-width: 60rem; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif; }}
  .note {{ opacity: .75; }}
  .wide {{ overflow-x: auto; }}
  table {{ border-collapse: collapse; width: 100%; }}
  th, td {{ padding: .4rem .8rem .4rem 0; border-top: 1px solid #8885; text-align: left; vertical-align: top; }}
  td.quiet {{ white-space: nowrap; opacity: .8; }}
</style>
</head>
<body>
<h1>Inbox</h1>
<p class="note">{count} messages to simulated providers. None left this machine.</p>
<div class="wide">
<table>
<tr><th>When (UTC)</th><th>Channel</th><th>To</th><th>Message</th></tr>
{rows}
</table>
</div>
</body>
</html>
"""


def save_inbox(messages: Sequence[SentMessage], folder: Path) -> Path:
    """Write every message below *folder*, readable by its owner only; return the page that lists them.

    The e-mails of an earlier run are removed: the new page leads to none of them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(PRIVATE)
    emails = folder / "emails"
    shutil.rmtree(emails, ignore_errors=True)
    emails.mkdir()
    rows = []
    for place, message in enumerate(messages, start=1):
        if not message.html:
            rows.append(_row(message, escape(message.text)))
            continue
        name = f"{place:04}.html"
        (emails / name).write_text(message.html, encoding="utf-8")
        rows.append(_row(message, f'<a href="emails/{name}">{escape(message.subject)}</a>'))
    page = folder / "index.html"
    page.write_text(_PAGE.format(count=len(messages), rows="\n".join(rows)), encoding="utf-8")
    return page


def _row(message: SentMessage, content: str) -> str:
    cells = (f"{message.at:%H:%M:%S}", message.channel, escape(message.to))
    quiet = "".join(f'<td class="quiet">{cell}</td>' for cell in cells)
    return f"<tr>{quiet}<td>{content}</td></tr>"
