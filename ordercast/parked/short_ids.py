"""Give each parked item a short id that a person can copy. Used by `ordercast parked` and the console.

A record's own id is its place on the stream, of which a shard's records share the first thirty digits:
its beginning names all of them. A short id is the beginning of a hash, in letters that no other kind of
id is written in.
"""

import re
from collections.abc import Collection
from hashlib import sha256

SHORTEST = 6
"""How many letters are shown at least."""

_LETTERS = str.maketrans("0123456789abcdef", "ghjkmnpqrstvwxyz")
_SHORT_ID = re.compile(r"[ghjkmnpqrstvwxyz]{4,16}")


def letters_of(id_: str) -> str:
    """Return the sixteen letters with which an item's short ids begin."""
    return sha256(id_.encode()).hexdigest()[:16].translate(_LETTERS)


def is_short(written: str) -> bool:
    """Tell whether *written* can be a short id: it needs four letters."""
    return bool(_SHORT_ID.fullmatch(written))


def short_ids(ids: Collection[str]) -> dict[str, str]:
    """Return the short id of each of *ids*: as few letters as tell them apart, and the same number for all."""
    letters = {each: letters_of(each) for each in ids}
    for length in range(SHORTEST, 16):
        if len({each[:length] for each in letters.values()}) == len(letters):
            return {id_: each[:length] for id_, each in letters.items()}
    return letters
