"""Strip characters that show nothing from an address. Used to read phone numbers and e-mail addresses."""

import unicodedata

# They change what other characters look like or which domain is meant, so that a text with one
# inside has two readings: the joiners, and all that embeds, overrides or isolates a direction.
_MEANINGFUL = frozenset("\u200c\u200d\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

# Shown as nothing or as a space, and no format characters to Unicode.
_FILLERS = frozenset("\u115f\u1160\u180e\u2800\u3164\uffa0")


def visible(written: str) -> str:
    """Return *written* without spaces round it and without characters that show nothing.

    Those that change how their neighbours are read stay if they are inside.
    """
    if written.isascii():
        return written.strip()
    first = next((at for at, each in enumerate(written) if not _hidden(each)), len(written))
    last = next((at for at, each in enumerate(reversed(written)) if not _hidden(each)), 0)
    inside = written[first : len(written) - last]
    return "".join([each for each in inside if each in _MEANINGFUL or not _shows_nothing(each)])


def _hidden(character: str) -> bool:
    return character.isspace() or _shows_nothing(character)


def _shows_nothing(character: str) -> bool:
    # Variation selectors (Mn) choose between two looks of the character before them.
    selector = "\ufe00" <= character <= "\ufe0f"
    return unicodedata.category(character) == "Cf" or character in _FILLERS or selector
