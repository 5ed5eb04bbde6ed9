"""Add a promotional template to those that there are: the request of a review. Used by tests."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader

from ordercast import templates
from ordercast.notifications.message_class import MessageClass
from ordercast.templates import statuses
from ordercast.templates.statuses import TEMPLATES, TemplateSettings

REVIEW = "review"
SETTINGS = TemplateSettings(send_within=timedelta(hours=72), message_class=MessageClass.PROMOTIONAL)
FILES = Path(__file__).with_name("promotional")


@contextmanager
def review_template() -> Iterator[None]:
    """Make `review` a template, with the words beside this file."""
    loader = ChoiceLoader([PackageLoader("ordercast"), FileSystemLoader(FILES)])
    caches = (templates._names, templates._environment, templates.version_of)  # noqa: SLF001 - what depends on the files
    with ExitStack() as stack:
        stack.enter_context(patch.object(statuses, "TEMPLATES", {**TEMPLATES, REVIEW: SETTINGS}))
        stack.enter_context(patch.object(templates, "_loader", lambda: loader))
        for cached in caches:
            cached.cache_clear()
            stack.callback(cached.cache_clear)
        yield
