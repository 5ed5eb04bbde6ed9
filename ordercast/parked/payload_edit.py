"""Define a corrected payload, which an operator keeps beside the one that was parked. Used by `ordercast parked edit`."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct


class EditNote(Struct, frozen=True, kw_only=True):
    """Who corrected a payload, when and why."""

    by: str
    at: datetime
    reason: str = ""

    def __str__(self) -> str:
        why = f": {self.reason}" if self.reason else ""
        return f"by {self.by} at {self.at:%Y-%m-%d %H:%M} UTC{why}"


class PayloadEdit(Struct, frozen=True, kw_only=True):
    """A corrected payload of the records at these *positions*; theirs stay as they were parked."""

    positions: tuple[str, ...]
    payload: bytes
    note: EditNote


def newest_by_position(edits: Iterable[PayloadEdit]) -> dict[str, PayloadEdit]:
    """Return the edit that holds for each position: the newest."""
    found: dict[str, PayloadEdit] = {}
    for each in sorted(edits, key=lambda edit: edit.note.at):
        found |= dict.fromkeys(each.positions, each)
    return found
