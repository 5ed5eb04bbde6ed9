"""Add a promotional template to those that there are: the request of a review. Used by tests."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from unittest.mock import patch

from ordercast.events.message_class import MessageClass
from ordercast.events.statuses import Status
from ordercast.templates import languages, rendering, sources, statuses
from ordercast.templates.statuses import TEMPLATES

REVIEW = "review"
SETTINGS = Status(send_within=timedelta(hours=72), message_class=MessageClass.PROMOTIONAL)
FILES = Path(__file__).with_name("promotional")
TEMPLATES_OF_ALL = sources.FOLDER


@contextmanager
def review_template() -> Iterator[None]:
    """Make `review` a template, with the words beside this file."""
    with (
        patch.object(statuses, "TEMPLATES", {**TEMPLATES, REVIEW: SETTINGS}),
        _folder() as folder,
        templates_in(folder),
    ):
        for each in (*TEMPLATES_OF_ALL.iterdir(), *FILES.iterdir()):
            (folder / each.name).symlink_to(each)
        yield


@contextmanager
def _folder() -> Iterator[Path]:
    """Make a folder that lasts as long as the process that made it is in here.

    A process that the explorer has branched off shares it with its parent, which still reads it.
    """
    made_by, folder = os.getpid(), Path(mkdtemp())
    try:
        yield folder
    finally:
        if os.getpid() == made_by:
            rmtree(folder)


@contextmanager
def templates_in(folder: Path) -> Iterator[None]:
    """Read templates from *folder* instead."""
    read_once = (
        sources.languages_of,
        sources.sources_of,
        languages.language_for,
        rendering._compiled,  # noqa: SLF001 - what depends on the files
    )
    with ExitStack() as stack:
        stack.enter_context(patch.object(sources, "FOLDER", folder))
        for cached in read_once:
            cached.cache_clear()
            stack.callback(cached.cache_clear)
        yield
