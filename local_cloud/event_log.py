"""Write log lines, an event slug and fields, to standard error. Used by the services."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime

Log = Callable[..., None]
"""Call it with an event slug and keyword fields; never with personal data."""


def log_of(service: str) -> Log:
    """Make the log of one service; each line starts with the time in UTC and its name."""

    def log(slug: str, **fields: object) -> None:
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        words = "".join(f" {name}={_one_word(value)}" for name, value in fields.items())
        # One write a line: threads share the stream.
        sys.stderr.write(f"{at} {service} {slug}{words}\n")

    return log


def _one_word(value: object) -> str:
    text = " ".join(str(value).split())
    return f'"{text}"' if " " in text else text
