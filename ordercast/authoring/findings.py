"""Define what lint finds wrong with a template. Used by each of its checks, and by who prints them."""

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What is wrong; docs/templates.md has a line for each."""

    BROKEN = "broken"
    MISSING_VARIABLE = "missing-variable"
    UNESCAPED = "unescaped"
    UNKNOWN_WORDS = "unknown-words"
    NO_TWIN = "no-plain-text"
    UCS_2 = "ucs-2"
    TOO_LONG = "too-long"
    CUT = "cut"
    NO_ALT = "no-alt"
    CONTRAST = "contrast"
    UNTRANSLATED = "untranslated"
    HALF_A_LANGUAGE = "half-a-language"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault: the file, with the key of the words where it is theirs, and what to do."""

    fault: Fault
    where: str
    what: str

    def __str__(self) -> str:
        """Return one line."""
        return f"{self.where}: {self.what} [{self.fault}]"
