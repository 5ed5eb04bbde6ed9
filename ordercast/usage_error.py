"""What a person did or met that a command cannot go on with, and what they can try."""


class Complaint(Exception):
    """One line that says what is wrong, and a hint; the command ends with status 1."""

    def __init__(self, what: str, *, hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
