"""Name in a parked object's key the orders that its records are about. Used to park records, and by `ordercast find`.

So the index costs no write, and cannot fail where parking does not (docs/decisions/0058).
"""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from hashlib import blake2b

from ordercast.events.legible_order import legible_order_id
from ordercast.events.stream_record import ParkedRecord

TAGS_MAX = 120
"""How many records of an object are looked at: a key has at most 1,024 bytes (S3 user guide), a tag six."""

_LENGTH = 6
_MARK = "!"  # one of the characters that S3 calls safe; no position or digest has it


def tags_of(records: Sequence[ParkedRecord]) -> str:
    """Return the end of a key: a mark and a tag for each order; a mark behind them where there may be more."""
    looked_at = [legible_order_id(each.record.payload) for each in records[:TAGS_MAX]]
    tags = "".join(dict.fromkeys(_tag(each) for each in looked_at if each is not None))
    more = _MARK if len(records) > TAGS_MAX else ""
    return f"{_MARK}{tags}{more}" if tags or more else ""


def may_name(key: str, order_id: str) -> bool:
    """Tell whether the object of that key may have a record about the order; it does, but for one in billions."""
    _, mark, rest = key.removesuffix(".jsonl").partition(_MARK)
    if not mark:
        return False
    tags = rest.removesuffix(_MARK)
    named = {tags[at : at + _LENGTH] for at in range(0, len(tags), _LENGTH)}
    return rest.endswith(_MARK) or _tag(order_id) in named


def _tag(order_id: str) -> str:
    digest = blake2b(order_id.encode(errors="replace"), digest_size=_LENGTH).digest()
    return urlsafe_b64encode(digest).decode()[:_LENGTH]
