"""Keep how far comparisons have come, in the rollups table. Used by the verifier.

An item of DynamoDB takes 400 KB: what is larger goes into further items of the same revision.
"""

import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from ordercast.gateways.dynamodb.codec import Attribute, Item, number, text
from ordercast.gateways.dynamodb.table import Table, translated
from ordercast.reconciliation.progress import HourProgress, HourStep
from ordercast.rollups.rollup import Amount, Amounts, RollupKey

PART = 300_000
"""Bytes of one item."""

KEPT = timedelta(days=30)
"""For how long further items stay: each pass writes its own, and the next one reads them."""


class DynamoProgress(Struct, frozen=True, kw_only=True):
    """The progress of each age's comparison."""

    table: Table
    now: Callable[[], datetime]

    def load(self, age: int) -> HourProgress | None:
        """Return how far the comparison of that age has come; None if it has never begun.

        Raises `LedgerUnavailable`.
        """
        found = self.table.get([_key(age)])
        if not found:
            return None
        (head,) = found
        revision, parts = int(head["revision"]["N"]), int(head["parts"]["N"])
        rest = self.table.get([_key(age, revision, part) for part in range(1, parts)])
        by_part = {int(item["part"]["N"]): item["progress"]["B"] for item in [head, *rest]}
        return _read(b"".join(by_part[part] for part in range(parts)), revision=revision)

    def save(self, progress: HourProgress) -> bool:
        """Put it in the place of the revision before it; answer whether nobody else was faster.

        Raises `LedgerUnavailable`.
        """
        written = _write(progress)
        parts = [written[start : start + PART] for start in range(0, len(written), PART)]
        head = {"revision": number(progress.revision), "parts": number(len(parts))}
        ends = {"ttl": number(int((self.now() + KEPT).timestamp()))}
        with translated():
            for part, data in enumerate(parts[1:], start=1):
                item = _key(progress.age, progress.revision, part) | _part(part, data) | ends
                self.table.client.put_item(TableName=self.table.name, Item=item)
            first = _key(progress.age) | _part(0, parts[0]) | head
            return self._put_head(first, instead_of=progress.revision - 1)

    def _put_head(self, item: Item, *, instead_of: int) -> bool:
        """Put the item without an end: without it, hours would be skipped."""
        assumed: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if instead_of:
            assumed = {
                "ConditionExpression": "revision = :before",
                "ExpressionAttributeValues": {":before": number(instead_of)},
            }
        try:
            self.table.client.put_item(TableName=self.table.name, Item=item, **assumed)
        except self.table.client.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _key(age: int, revision: int | None = None, part: int = 0) -> dict[str, Attribute]:
    sort = "progress" if revision is None else f"progress#{revision}#{part}"
    return {"pk": text(f"compared#{age}"), "sk": text(sort)}


def _part(part: int, data: bytes) -> dict[str, Attribute]:
    return {"part": number(part), "progress": {"B": data}}


def _write(progress: HourProgress) -> bytes:
    buckets = {name: _by_bucket(getattr(progress, name)) for name in _BUCKETS}
    plain = asdict(progress)
    plain.pop("revision")
    return zlib.compress(json.dumps({**plain, **buckets}, ensure_ascii=False).encode())


def _read(data: bytes, *, revision: int) -> HourProgress:
    written: dict[str, Any] = json.loads(zlib.decompress(data))
    buckets = {name: _from_buckets(written[name]) for name in _BUCKETS}
    step = HourStep(written["step"])
    others = {"step": step, "noted": tuple(written["noted"]), "revision": revision}
    return HourProgress(**{**written, **buckets, **others})


_BUCKETS = ("sums", "held")


def _by_bucket(sums: Mapping[RollupKey, Amounts]) -> list[tuple[RollupKey, dict[str, int | str]]]:
    return [
        (
            bucket,
            {n: a if isinstance(a, int) else f"{a:f}" for n, a in amounts.items()},
        )
        for bucket, amounts in sums.items()
    ]


def _from_buckets(written: Iterable[Any]) -> dict[RollupKey, dict[str, Amount]]:
    return {
        RollupKey(*bucket): {
            n: amount if isinstance(amount, int) else Decimal(amount)
            for n, amount in amounts.items()
        }
        for bucket, amounts in written
    }
