"""Draw from the buckets of pace in the ledger table. The workflows' `PaceBuckets`.

A draw is one conditional increment: it costs a write unit, also where it is refused.
"""

from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from msgspec import Struct

from ordercast.gateways.dynamodb import partiql
from ordercast.gateways.dynamodb.codec import NUMBER, Attribute, Fields, Item, Type, number, text
from ordercast.gateways.dynamodb.partiql import Update
from ordercast.gateways.dynamodb.table import Answer, Statement, Table, insist
from ordercast.pacing.bucket import Bucket, Draw, Move

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_MICROS = Type(
    lambda moment: number((moment - _EPOCH) // _MICROSECOND),
    lambda value: _EPOCH + int(value["N"]) * _MICROSECOND,
)
_RATE = Type(lambda rate: {"N": format(Decimal(str(rate)), "f")}, lambda value: float(value["N"]))
# At 1,000 units a second a slot is a millisecond: whole milliseconds would lose the rate.
_BUCKET = Fields.of(
    {
        **dict.fromkeys(("next_slot", "next_high_slot", "rate_at"), _MICROS),
        "rate": _RATE,
        "most": _RATE,
        "left": NUMBER,
    }
)
_LEARNT = ("rate", "rate_at")
_PREFIX = "pace#"


class DynamoBuckets(Struct, frozen=True, kw_only=True):
    """The buckets in DynamoDB."""

    table: Table

    def find(self, keys: AbstractSet[str]) -> dict[str, Bucket]:
        """Return the buckets that exist."""
        items = self.table.get([_key(each) for each in sorted(keys)])
        names = [str(item["pk"]["S"]).removeprefix(_PREFIX) for item in items]
        return {
            name: Bucket(key=name, **_BUCKET.read(item))
            for name, item in zip(names, items, strict=True)
        }

    def open(self, bucket: Bucket) -> Bucket:
        """Insert *bucket* if there is none of its key; return the stored one."""
        insert = partiql.insert(self.table.name, {**_key(bucket.key), **_BUCKET.write(bucket)})
        answer = self._run(insert)
        return (answer.refused and self._stored(bucket.key, answer)) or bucket

    def draw(self, draw: Draw) -> tuple[bool, Bucket | None]:
        """Move the lines if the bucket is as *draw* says; return whether, and the stored bucket."""
        return self.drawn(draw, self.table.execute([self.statement(draw)])[0])

    def statement(self, draw: Draw) -> Statement:
        """Write the statement of a draw, for a call that it shares with others."""
        moves = {"next_slot": draw.slot, "next_high_slot": draw.high_slot}
        made = [(line, move) for line, move in moves.items() if move]
        return partiql.update(
            self.table.name,
            _key(draw.key),
            Update(
                set_={
                    line: _MICROS.write(move.now + move.by) for line, move in made if move.restart
                },
                increased={line: _micros(move.by) for line, move in made if not move.restart},
            ),
            where={"rate_at": [_MICROS.write(draw.rate_at)]},
            below={line: _MICROS.write(move.now) for line, move in made if move.restart},
            between={line: _bounds(move) for line, move in made if not move.restart},
            returning=True,
        )

    def drawn(self, draw: Draw, answer: Answer) -> tuple[bool, Bucket | None]:
        """Read the answer to the statement of a draw; raises `LedgerUnavailable`."""
        insist([answer])
        return not answer.refused, self._stored(draw.key, answer)

    def learn(self, seen: Bucket, new: Bucket) -> Bucket | None:
        """Write the rate of *new* if `rate_at` is as *seen*; return the stored bucket."""
        before, after = _BUCKET.write(seen), _BUCKET.write(new)
        update = partiql.update(
            self.table.name,
            _key(seen.key),
            Update(set_={name: after[name] for name in _LEARNT}),
            where={"rate_at": [before["rate_at"]]},
            returning=True,
        )
        return self._stored(seen.key, self._run(update))

    def cap(self, key: str, *, most: float | None, left: int | None) -> None:
        """Write the provider's limits into a bucket that exists."""
        said = {"most": most, "left": left}
        update = partiql.update(
            self.table.name,
            _key(key),
            Update(
                set_={
                    name: _BUCKET.types[name].write(n) for name, n in said.items() if n is not None
                },
                removed=[name for name, n in said.items() if n is None],
            ),
            where={},
        )
        self._run(update)

    def _run(self, statement: Statement) -> Answer:
        answers = self.table.execute([statement])
        insist(answers)
        return answers[0]

    def _stored(self, key: str, answer: Answer) -> Bucket | None:
        """Read what the answer brought; not every refusal brings the item."""
        item = answer.item or next(iter(self.table.get([_key(key)])), None)
        return Bucket(key=key, **_BUCKET.read(item)) if item else None


def _key(bucket: str) -> Item:
    return {"pk": text(_PREFIX + bucket), "sk": text("pace#bucket")}


def _micros(by: timedelta) -> Attribute:
    return number(-(-by // _MICROSECOND))


def _bounds(move: Move) -> tuple[Attribute, Attribute]:
    return _MICROS.write(move.now), _MICROS.write(move.latest)
