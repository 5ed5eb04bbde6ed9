"""What went wrong with the local cloud: one exception that says what failed, where its log is and what to try."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_SIGNS = {
    "No space left on device": "The disk is full: make room (about 2 GB) and try again.",
    "ENOSPC": "The disk is full: make room (about 2 GB) and try again.",
    "Cannot allocate memory": "The machine is out of memory: close something and try again.",
    "ENOMEM": "The machine is out of memory: close something and try again.",
}


class LocalCloudError(Exception):
    """*what* failed in one line; the *log* that tells more, if there is one; a *hint* what to try, or ""."""

    def __init__(self, *, what: str, log: Path | None = None, hint: str = "") -> None:
        self.what = what
        self.log = log
        self.hint = hint or _hint(log)
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


def _hint(log: Path | None) -> str:
    end = last_lines(log, 40) if log else ""
    return next((hint for sign, hint in _SIGNS.items() if sign in end), "")
