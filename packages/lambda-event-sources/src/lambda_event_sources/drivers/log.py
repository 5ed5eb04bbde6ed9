"""Log what the drivers do: an event slug and its fields. Used by every module of this package."""

import logging
from collections.abc import Callable

Log = Callable[..., None]
"""Called with an event slug and keyword fields, from any thread; never with a payload."""


def to_logging(slug: str, **fields: object) -> None:
    """Write to the standard logger `lambda_event_sources`, at level INFO."""
    details = "".join(f" {name}={value}" for name, value in fields.items())
    logging.getLogger("lambda_event_sources").info("%s%s", slug, details)
