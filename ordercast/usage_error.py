"""Errors that a command prints in one line, with a hint. Raised by commands and by the producer."""

from pathlib import Path


class UsageError(Exception):
    """What is wrong, in one line, with a hint and the path of a log; the command ends with status 1."""

    def __init__(self, what: str, *, hint: str = "", log: Path | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        self.log = log
