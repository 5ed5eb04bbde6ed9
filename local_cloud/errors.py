"""Say what failed in a local cloud, where its log is and what to try. Raised by `cloud`, shown by the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ordercast.usage_error import UsageError

if TYPE_CHECKING:
    from pathlib import Path

DISK = "The disk is full: make room and try again."
MEMORY = "The machine is out of memory: close something and try again."

START_AGAIN = (
    "The rest of it is stopped: start it again. A process that is killed without a message was often "
    "killed because the machine was out of memory."
)

SIGNS = {
    "No space left on device": DISK,
    "ENOSPC": DISK,
    "Cannot allocate memory": MEMORY,
    "ENOMEM": MEMORY,
    "are not installed": "`make clean bootstrap` installs them, where there is a network.",
}
"""Texts in the logs of tools, and what to try then; the first that fits counts."""


class LocalCloudError(UsageError):
    """*what* failed, in one line; the *log* that tells more, if there is one; a *hint* what to try, or ""."""

    def __init__(self, *, what: str, log: Path | None = None, hint: str = "") -> None:
        super().__init__(what, hint=hint or hint_in(log), log=log)

    def __str__(self) -> str:
        lines = [self.what, f"log: {self.log}" if self.log else "", self.hint]
        return "\n".join(line for line in lines if line)


def last_lines(log: Path, count: int = 12) -> str:
    """Return the end of a log, "" when there is none."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    except FileNotFoundError:
        return ""


def hint_in(log: Path | None) -> str:
    """Guess from the end of a log what to try; "" when it holds no known text."""
    end = last_lines(log, 200) if log else ""
    return next((hint for sign, hint in SIGNS.items() if sign in end), "")
