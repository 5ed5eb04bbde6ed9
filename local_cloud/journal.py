"""Something happened: its slug and fields come in, one line on standard error goes out."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TextIO

Journal = Callable[..., None]
"""Call it with an event slug and keyword fields; never with personal data."""


def journal_of(process: str, *, out: TextIO | None = None) -> Journal:
    """Make the journal of one process; each line starts with the time in UTC and its name."""

    def note(slug: str, **fields: object) -> None:
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        told = "".join(f" {name}={_one_word(value)}" for name, value in fields.items())
        # One write a line: threads share the stream.
        (out or sys.stderr).write(f"{at} {process} {slug}{told}\n")

    return note


def _one_word(value: object) -> str:
    text = " ".join(str(value).split())
    return f'"{text}"' if " " in text else text
