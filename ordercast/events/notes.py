"""Define a note: what was left out of an order event, or read otherwise. Used from the contract to `status`."""

import msgspec

MOST_NOTES = 10
"""How many notes of an event are kept, so that its decision record stays small."""


HELP = "; taken is "
"""What a note or a refusal puts before the words on what is taken."""


class Note(msgspec.Struct, frozen=True, gc=False):
    """A field, as its producer wrote it, and what became of it; neither quotes a value."""

    field: str
    what: str

    def __str__(self) -> str:
        return f"{self.field}: {self.what}"

    @classmethod
    def read(cls, written: str) -> "Note":
        """Return the note that a text holds, as `str` gives it."""
        name, _, what = written.partition(": ")
        return cls(name, what)

    def without_help(self) -> "Note":
        """Return the note without the words on what is taken, which stand in docs/contract.md."""
        return Note(self.field, self.what.partition(HELP)[0])


def kept(notes: list[Note]) -> tuple[Note, ...]:
    """Return the first notes, and how many more there were."""
    if len(notes) <= MOST_NOTES:
        return tuple(notes)
    more = Note("event", f"{len(notes) - MOST_NOTES + 1} more notes")
    return (*notes[: MOST_NOTES - 1], more)
