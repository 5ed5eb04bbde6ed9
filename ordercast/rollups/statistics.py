"""Buckets of the books in; rates, percentiles and sums by whatever they are asked out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Literal, get_args

from ordercast.notifications.lifecycle import COUNTS_AS_DELIVERED, COUNTS_AS_UNDELIVERED, State
from ordercast.receipts.provider_events import REFUSED_BY_PROVIDERS
from ordercast.rollups.latency import percentile
from ordercast.rollups.rollup import (
    CARRIER,
    CHARGES,
    ESTIMATE,
    ESTIMATED,
    LATENCIES,
    PARTS,
    PRICED,
    PRICED_RESERVED,
    RESERVED,
    RULE,
    STATE,
    TAKEN,
    UNATTRIBUTED,
    UNPRICED,
    Amount,
    Amounts,
    RollupKey,
    add,
)

Dimension = Literal["hour", "day", "channel", "country", "template", "campaign", "shop"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)

Step = Literal["accepted", "sent", "delivered", "in_all"]
"""Event to accepted, accepted to sent, sent to delivered, event to delivered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """US dollars, exactly, and how many messages they are for.

    `carrier` is what carriers asked for `priced` messages, for which `priced_reserved` had been
    reserved; `estimate` is what we expect of `estimated` ones that none has told the price of;
    `unpriced` ones have neither. `unattributed` was billed for `bills` messages that we know
    nothing of, and is in no other sum.
    """

    reserved: Decimal
    carrier: Decimal
    estimate: Decimal
    priced_reserved: Decimal
    unattributed: Decimal
    priced: int
    estimated: int
    unpriced: int
    charges: int

    @property
    def cost(self) -> Decimal:
        """What it cost, as far as is known: the carriers' word, else our estimate."""
        return self.carrier + self.estimate

    @property
    def difference(self) -> Decimal:
        """By how much the carriers asked more than was reserved, where they have spoken."""
        return self.carrier - self.priced_reserved


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What some buckets come to together."""

    amounts: Amounts

    @property
    def notifications(self) -> int:
        """All of them, whatever became of them: the sum over states."""
        return sum(self.states.values())

    @property
    def states(self) -> dict[str, int]:
        """How many are in each state, the most first; `unattributed` bills are none."""
        found = {n.removeprefix(STATE): int(a) for n, a in self._named(STATE)}
        return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))

    @property
    def rules(self) -> dict[tuple[str, str], int]:
        """How many ended in a state by a rule or reason, by both, the most first."""
        found = {tuple(n.split("#", 2)[1:]): int(a) for n, a in self._named(RULE)}
        ordered = sorted(found.items(), key=lambda each: (-each[1], each[0]))
        return {(state, rule): count for (state, rule), count in ordered}

    @property
    def accepted(self) -> int:
        """Those that were, or are, to be sent by now: neither deferred nor suppressed by us.

        What a provider took and kept back by its own list was to be sent, and is among `sent` too.
        """
        kept_back = self._in({State.DEFERRED, State.SUPPRESSED})
        by_providers = {r: n for r, n in self.suppressed_by.items() if r in REFUSED_BY_PROVIDERS}
        return self.notifications - kept_back + sum(by_providers.values())

    @property
    def sent(self) -> int:
        """Those that a provider took."""
        return self._count(TAKEN)

    @property
    def delivered(self) -> int:
        """Those that arrived; who complains has got it."""
        return self._in(COUNTS_AS_DELIVERED)

    @property
    def undelivered(self) -> int:
        """Those that failed or bounced."""
        return self._in(COUNTS_AS_UNDELIVERED)

    @property
    def suppressed(self) -> int:
        """Those that we, or the provider's own list, decided not to send."""
        return self._in({State.SUPPRESSED})

    @property
    def suppressed_by(self) -> dict[str, int]:
        """How many of these by which rule, the most first."""
        return {rule: n for (state, rule), n in self.rules.items() if state == State.SUPPRESSED}

    @property
    def in_doubt(self) -> int:
        """Those of which nobody knows whether they were sent."""
        return self._in({State.IN_DOUBT})

    @property
    def delivery_rate(self) -> Decimal | None:
        """Delivered of delivered, failed and bounced; None where there is none of these.

        What a carrier took without a word of the handset, what nobody heard of again, what is
        suppressed and what is on its way stands beside it, never in it.
        """
        ended = self.delivered + self.undelivered
        return Decimal(self.delivered) / ended if ended else None

    @property
    def parts(self) -> int:
        """SMS segments of what was sent."""
        return self._count(PARTS)

    @property
    def money(self) -> Money:
        """What it cost."""
        return Money(
            reserved=self._dollars(RESERVED),
            carrier=self._dollars(CARRIER),
            estimate=self._dollars(ESTIMATE),
            priced_reserved=self._dollars(PRICED_RESERVED),
            unattributed=self._dollars(UNATTRIBUTED),
            priced=self._count(PRICED),
            estimated=self._count(ESTIMATED),
            unpriced=self._count(UNPRICED),
            charges=self._count(CHARGES),
        )

    def bins(self, step: Step) -> dict[int, int]:
        """Return how many took how long for a step, by bin (`ordercast.rollups.latency`)."""
        prefix = LATENCIES[step]
        return {int(n.removeprefix(prefix)): int(a) for n, a in self._named(prefix)}

    def percentile(self, step: Step, share: float) -> timedelta | None:
        """Return how long a step took at most in that *share* (0 to 1) of the cases, within 1 %."""
        return percentile(self.bins(step), share)

    def _named(self, prefix: str) -> list[tuple[str, Amount]]:
        return [(n, amount) for n, amount in self.amounts.items() if n.startswith(prefix)]

    def _in(self, states: Collection[str]) -> int:
        return sum(self._count(STATE + state) for state in states)

    def _count(self, name: str) -> int:
        return int(self.amounts.get(name, 0))

    def _dollars(self, name: str) -> Decimal:
        return Decimal(self.amounts.get(name, 0))


def by(
    buckets: Mapping[RollupKey, Amounts], dimensions: Sequence[Dimension]
) -> dict[tuple[str | None, ...], Figures]:
    """Return the figures of each combination of values of *dimensions*, in order.

    None stands for what is not known or was not given. Without dimensions there is one group.
    """
    groups: dict[tuple[str | None, ...], dict[str, Amount]] = {}
    for bucket, amounts in buckets.items():
        key = tuple(_value(bucket, each) for each in dimensions)
        add(groups.setdefault(key, {}), amounts)
    ordered = sorted(groups.items(), key=lambda group: [each or "" for each in group[0]])
    return {key: Figures(amounts=amounts) for key, amounts in ordered}


def in_all(amounts: Iterable[Amounts]) -> Figures:
    """Return the figures of everything together."""
    total: dict[str, Amount] = {}
    for each in amounts:
        add(total, each)
    return Figures(amounts=total)


def _value(bucket: RollupKey, dimension: Dimension) -> str | None:
    if dimension == "day":
        return bucket.hour[: len("2026-03-02")]
    value: str | None = getattr(bucket, dimension)
    return value
