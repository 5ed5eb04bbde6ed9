"""List the messages of a local cloud, and save them as pages. Used by `ordercast inbox` and the demo."""

import shutil
from collections.abc import Sequence
from importlib.resources import files
from math import ceil
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
    """Write every message below *folder*, readable by its owner only; return the first page that lists them.

    The newest come first, `A_PAGE` on each page. Pages and e-mails of an earlier run are removed: the new
    pages lead to none of them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(PRIVATE)
    emails = folder / "emails"
    shutil.rmtree(emails, ignore_errors=True)
    emails.mkdir()
    for old in folder.glob(f"{_FURTHER}*.html"):
        old.unlink()
    for place, message in enumerate(messages, start=1):
        if message.html:
            (emails / f"{place:04}.html").write_text(message.html, encoding="utf-8")
    written = files("ordercast.cli.local").joinpath("inbox.html").read_text("utf-8")
    template = Template(written, autoescape=True, trim_blocks=True, keep_trailing_newline=True)
    newest_first = list(enumerate(messages, start=1))[::-1]
    pages = max(1, ceil(len(messages) / A_PAGE))
    names = [_FIRST, *(f"{_FURTHER}{number}.html" for number in range(2, pages + 1))]
    for place, name in enumerate(names):
        begin = place * A_PAGE
        listed = newest_first[begin : begin + A_PAGE]
        page = template.render(
            listed=listed,
            first=begin + 1,
            last=begin + len(listed),
            of=len(messages),
            names=names,
            place=place,
            near=_near(place, pages),
        )
        (folder / name).write_text(page, encoding="utf-8")
    return folder / _FIRST


A_PAGE = 200
"""Messages on a page of the inbox."""

_FIRST, _FURTHER = "index.html", "page-"
_BESIDE = 2  # pages on each side of the one shown that are named, besides the first and the last


def _near(place: int, pages: int) -> list[int]:
    """Return the places of the pages that a page names."""
    beside = range(place - _BESIDE, place + _BESIDE + 1)
    return sorted({0, pages - 1, *(each for each in beside if 0 <= each < pages)})
