"""What went wrong with the local cloud: one exception that says what failed, where its log is and what to try."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

DISK = "The disk is full: make room and try again."
MEMORY = "The machine is out of memory: close something and try again."

AGAIN = (
    "The rest of it is stopped: start it again. What is killed without a word is often killed "
    "because the machine was out of memory."
)

SIGNS = {
    "No space left on device": DISK,
    "ENOSPC": DISK,
    "Cannot allocate memory": MEMORY,
    "ENOMEM": MEMORY,
    "are not installed": "`make clean bootstrap` installs them, where there is a network.",
}
"""What tools say when something outside them is wrong, and what to try then; the first that fits counts."""


class LocalCloudError(Exception):
    """*what* failed in one line; the *log* that tells more, if there is one; a *hint* what to try, or ""."""

    def __init__(self, *, what: str, log: Path | None = None, hint: str = "") -> None:
        self.what = what
        self.log = log
        self.hint = hint or hint_in(log)
        super().__init__(what, log, self.hint)

    def __str__(self) -> str:
        lines = [self.what, f"log: {self.log}" if self.log else "", self.hint]
        return "\n".join(line for line in lines if line)


def last_lines(log: Path, count: int = 12) -> str:
    """Read the end of a log, for a person who wants to know now."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    except FileNotFoundError:
        return ""


def hint_in(log: Path | None) -> str:
    """Guess from the end of a log what to try; "" when it says nothing known."""
    end = last_lines(log, 200) if log else ""
    return next((hint for sign, hint in SIGNS.items() if sign in end), "")
