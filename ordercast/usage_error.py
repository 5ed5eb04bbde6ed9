"""What a person did or met that a command cannot go on with, and what they can try."""

from pathlib import Path


class UsageError(Exception):
    """One line that says what is wrong, a hint, and a log that tells more; the command ends with status 1."""

    def __init__(self, what: str, *, hint: str = "", log: Path | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        self.log = log
