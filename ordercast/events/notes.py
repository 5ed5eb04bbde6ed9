"""Define a note: what was left out of an order event, or read otherwise. Used from the contract to `status`."""

import msgspec

MOST_NOTES = 20
"""How many notes of an event are kept, so that its decision record stays small."""


class Note(msgspec.Struct, frozen=True, gc=False):
    """A field, as its producer wrote it, and what became of it; neither quotes a value."""

    field: str
    what: str

    def __str__(self) -> str:
        return f"{self.field}: {self.what}"


def kept(notes: list[Note]) -> tuple[Note, ...]:
    """Return the first notes, and how many more there were."""
    if len(notes) <= MOST_NOTES:
        return tuple(notes)
    more = Note("event", f"{len(notes) - MOST_NOTES + 1} more notes")
    return (*notes[: MOST_NOTES - 1], more)
