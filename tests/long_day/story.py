"""Make up a seeded long day of a stream: orders and every oddity of streams. Used by the long-day test."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from lambda_event_sources.harness.items import (
    ALWAYS,
    Item,
    MappingUpdate,
    MergeShards,
    Put,
    Raises,
    Redelivery,
    ReportsFailure,
    SplitShard,
    Throttled,
    TimePasses,
    TimesOut,
)
from lambda_event_sources.streams.in_memory_stream import InMemoryStream
from tests.aggregates import aggregate
from tests.fakes.clock import START

FAULTS = (
    Raises(),
    Raises(late=True),
    Raises(times=2),
    TimesOut(),
    Throttled(times=2),
    ReportsFailure(),
)
LINE = ("confirmed", "shipped", "delivered")
MOST_SHARDS = 6
PAUSE = 20
"""How many seconds pass at most between 25 events: a hundred thousand take eleven hours."""
RESHARDED_EVERY = 700
DEPLOYED_EVERY = 1100


@dataclass(slots=True, kw_only=True)
class Story:
    """The input, made up as it is asked for, so that reshardings fit the shards that there are.

    `counts` has what was put in; `malformed` is how often a record was that nobody can read.
    """

    seed: int
    events: int
    stream: InMemoryStream
    counts: dict[str, int] = field(default_factory=dict)
    chance: Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)  # noqa: S311 - a made-up day, no secret

    def __iter__(self) -> Iterator[Item]:
        bundle: list[tuple[str, bytes]] = []
        for number, (key, payload) in enumerate(self._orders()):
            yield from self._between(number)
            if bundle or self._one_in(100):
                bundle.append((key, payload))
                if len(bundle) == 3:
                    yield self._put(bundle[0][0], aggregate(*(data for _, data in bundle)))
                    self._count("aggregates")
                    bundle = []
                continue
            yield from self._before()
            yield self._put(f"stray-{number}" if self._one_in(100) else key, payload)
            if self._one_in(50):
                self._count("repeated by the producer")
                yield self._put(key, payload)
        for key, payload in bundle:
            yield self._put(key, payload)

    def _orders(self) -> list[tuple[str, bytes]]:
        """Return every event with its order's id, the orders interleaved, some statuses late."""
        placed = []
        for number in range(self.events):
            order, rank = divmod(number, len(LINE))
            late = 800 if self._one_in(50) else 0
            place = order * len(LINE) + rank * 300 + self.chance.random() * 30 + late
            placed.append((place, f"o-{order}", _payload(order, rank)))
        return [(key, payload) for _, key, payload in sorted(placed)]

    def _between(self, number: int) -> Iterator[Item]:
        """Return what happens on the stream's side: time, reshardings, deployments."""
        if number % 25 == 0:
            yield TimePasses(time=timedelta(seconds=self.chance.random() * PAUSE))
        if number % RESHARDED_EVERY == 0:
            yield self._resharding()
        if number % DEPLOYED_EVERY == 1:
            self._count("deployments")
            yield MappingUpdate(
                settings={"parallelization_factor": self.chance.choice((1, 2, 4, 4, 4))}
            )

    def _resharding(self) -> Item:
        shards = self.stream.open_shards()
        if len(shards) > 1 and (len(shards) >= MOST_SHARDS or self.chance.random() < 0.5):
            first = self.chance.randrange(len(shards) - 1)
            self._count("merges")
            return MergeShards(shard=shards[first], other=shards[first + 1])
        self._count("splits")
        return SplitShard(shard=self.chance.choice(shards))

    def _before(self) -> Iterator[Item]:
        """Return what stands before a record: one that nobody can read, or what the record meets."""
        if self._one_in(200):
            self._count("malformed")
            yield self._put("nobody", b"{" + str(self.counts["malformed"]).encode())
        if self._one_in(300):
            self._count("redeliveries")
            yield Redelivery(records=self.chance.randrange(50))
        if self._one_in(1000):
            self._count("poison")
            yield Raises(times=ALWAYS)
        elif self._one_in(100):
            self._count("faults")
            yield self.chance.choice(FAULTS)

    def _put(self, key: str, data: bytes) -> Put:
        self._count("records")
        return Put(key=key, data=data)

    def _one_in(self, many: int) -> bool:
        return self.chance.randrange(many) == 0

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1


def _payload(order: int, rank: int) -> bytes:
    sms = order % 10 == 0
    contact: dict[str, Any] = (
        {"phone": f"+120655501{order // 10 % 100:02}"}
        if sms
        else {"email": f"buyer-{order}@example.com"}
    )
    occurred_at = START + timedelta(seconds=rank)
    return json.dumps(
        {
            "event_id": f"e-{order}-{rank}",
            "order_id": f"o-{order}",
            "status": LINE[rank],
            "occurred_at": occurred_at.isoformat().replace("+00:00", "Z"),
            "channel": "sms" if sms else "email",
            "contact": contact,
            "shop": "Example Tea",
        }
    ).encode()
