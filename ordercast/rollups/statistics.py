"""Define each figure, and compute figures from rollups by any dimensions. Used by `stats`, reports and metrics."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Literal, get_args, get_type_hints

from msgspec import Struct

from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import COUNTS_AS_DELIVERED, COUNTS_AS_UNDELIVERED, State
from ordercast.pacing.holds import Why
from ordercast.receipts.provider_events import OVER_PRICE, REFUSED_BY_PROVIDERS
from ordercast.rollups.latency import percentile
from ordercast.rollups.rollup import (
    FALLBACKS,
    LATENCIES,
    PARTS,
    RESENDS,
    RETRIES,
    RULE,
    STATE,
    TAKEN,
    Amount,
    Amounts,
    RollupKey,
    add,
)

Dimension = Literal["hour", "day", "channel", "country", "template", "campaign", "shop"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)

Step = Literal["accepted", "sent", "delivered", "in_all"]
"""Event to accepted, accepted to sent, sent to delivered, event to delivered."""


class Spend(Struct, frozen=True, kw_only=True):
    """Exact sums of US dollars, and the number of messages in each; fields are named as the amounts.

    `carrier` is the carriers' price of `priced` messages; those that were not free are `priced_parts`
    and cost `priced_estimate` by the price list. `estimate` is our estimate for `estimated` messages without a price; `unpriced` have neither.
    `unattributed` was charged for `charges` unknown messages and is in no other sum.
    """

    reserved: Decimal
    carrier: Decimal
    estimate: Decimal
    priced_estimate: Decimal
    unattributed: Decimal
    priced: int
    priced_parts: int
    estimated: int
    unpriced: int
    charges: int

    @property
    def cost(self) -> Decimal:
        """The known cost: the carriers' price, else our estimate."""
        return self.carrier + self.estimate

    @property
    def difference(self) -> Decimal:
        """How much more the carriers charged than the price list says, for priced messages."""
        return self.carrier - self.priced_estimate


class Figures(Struct, frozen=True, kw_only=True):
    """The figures of some buckets together."""

    amounts: Amounts

    @property
    def notifications(self) -> int:
        """All of them, whatever became of them: the sum over states."""
        return sum(self.states.values())

    @property
    def states(self) -> dict[str, int]:
        """How many are in each state, the most first; `unattributed` charges are none."""
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
        """Those that were, or are, to be sent by now: not suppressed by us, nor deferred until a time.

        What waits behind a hold was to be sent. What a provider took and kept back by its own list
        was, too, and is among `sent`.
        """
        kept_back = self._in({State.DEFERRED, State.SUPPRESSED}) - self._held
        by_providers = {r: n for r, n in self.suppressed_by.items() if r in REFUSED_BY_PROVIDERS}
        return self.notifications - kept_back + sum(by_providers.values())

    @property
    def sent(self) -> int:
        """Notifications that a provider accepted."""
        return self._count(TAKEN)

    @property
    def delivered(self) -> int:
        """Notifications that arrived; a complaint proves that as well."""
        return self._in(COUNTS_AS_DELIVERED)

    @property
    def undelivered(self) -> int:
        """Notifications that failed or bounced."""
        return self._in(COUNTS_AS_UNDELIVERED)

    @property
    def suppressed(self) -> int:
        """Notifications that we, or the provider's own list, did not send."""
        return self._in({State.SUPPRESSED})

    @property
    def suppressed_by(self) -> dict[str, int]:
        """The number of suppressed notifications by rule, most frequent first."""
        return {rule: n for (state, rule), n in self.rules.items() if state == State.SUPPRESSED}

    @property
    def failed_for(self) -> dict[str, int]:
        """The number of failed or bounced notifications by the reason that was given, most frequent first."""
        found: dict[str, int] = {}
        for (state, reason), n in self.rules.items():
            if state in COUNTS_AS_UNDELIVERED:
                found[reason] = found.get(reason, 0) + n
        return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))

    @property
    def bounced(self) -> int:
        """E-mails to addresses that do not exist."""
        return self._in({State.BOUNCED})

    @property
    def complained(self) -> int:
        """E-mails that were called spam."""
        return self._in({State.COMPLAINED})

    @property
    def bounce_rate(self) -> Decimal | None:
        """Bounced, of the e-mails that SES took, as SES judges an account; None without any."""
        return self._of_emails(self.bounced)

    @property
    def complaint_rate(self) -> Decimal | None:
        """Complained, of the e-mails that SES took; None without any."""
        return self._of_emails(self.complained)

    @property
    def fallbacks(self) -> int:
        """Notifications that took another's place, but for those that were suppressed."""
        return self._count(FALLBACKS)

    @property
    def resends(self) -> int:
        """Notifications as which an operator had others sent again."""
        return self._count(RESENDS)

    @property
    def retries(self) -> int:
        """Tries of texts beyond the first of each, after a receipt that they could not be delivered."""
        return self._count(RETRIES)

    @property
    def in_doubt(self) -> int:
        """Notifications that may or may not have been sent."""
        return self._in({State.IN_DOUBT})

    @property
    def over_price(self) -> int:
        """Texts that were not sent because they would have cost more than their ceiling."""
        return self._count(f"{RULE}{State.FAILED}#{OVER_PRICE}")

    @property
    def delivery_rate(self) -> Decimal | None:
        """Delivered / (delivered + undelivered); None if both are 0.

        Carrier-accepted, unconfirmed, suppressed and open notifications are not in it.
        """
        ended = self.delivered + self.undelivered
        return Decimal(self.delivered) / ended if ended else None

    @property
    def parts(self) -> int:
        """SMS parts of what was sent."""
        return self._count(PARTS)

    @property
    def money(self) -> Spend:
        """What it cost."""
        return Spend(**{name: kind(self.amounts.get(name, 0)) for name, kind in _SPENT.items()})

    def bins(self, step: Step) -> dict[int, int]:
        """Return the histogram of a step (`ordercast.rollups.latency`)."""
        prefix = LATENCIES[step]
        return {int(n.removeprefix(prefix)): int(a) for n, a in self._named(prefix)}

    def percentile(self, step: Step, share: float) -> timedelta | None:
        """Return a step's percentile *share* (0 to 1), within 1 %."""
        return percentile(self.bins(step), share)

    def _named(self, prefix: str) -> list[tuple[str, Amount]]:
        return [(n, amount) for n, amount in self.amounts.items() if n.startswith(prefix)]

    def _of_emails(self, some: int) -> Decimal | None:
        emails = self._count(_EMAILS)
        return Decimal(some) / emails if emails else None

    @property
    def _held(self) -> int:
        """Notifications behind a hold: they are deferred, and the rule is why."""
        return sum(self._count(f"{RULE}{State.DEFERRED}#{why}") for why in Why)

    def _in(self, states: Collection[str]) -> int:
        return sum(self._count(STATE + state) for state in states)

    def _count(self, name: str) -> int:
        return int(self.amounts.get(name, 0))


_SPENT = get_type_hints(Spend)

_EMAILS = "emails taken"
"""What `by` adds to a group besides what its buckets hold: of amounts alone nobody can tell a channel."""


def by(
    buckets: Mapping[RollupKey, Amounts], dimensions: Sequence[Dimension]
) -> dict[tuple[str | None, ...], Figures]:
    """Return the figures of each combination of values of *dimensions*, in order.

    None is an unknown value. Without dimensions there is one group.
    """
    groups: dict[tuple[str | None, ...], dict[str, Amount]] = {}
    for bucket, amounts in buckets.items():
        key = tuple(_value(bucket, each) for each in dimensions)
        group = groups.setdefault(key, {})
        add(group, amounts)
        if bucket.channel == Channel.EMAIL and TAKEN in amounts:
            add(group, {_EMAILS: amounts[TAKEN]})
    ordered = sorted(groups.items(), key=lambda group: [each or "" for each in group[0]])
    return {key: Figures(amounts=amounts) for key, amounts in ordered}


def in_all(amounts: Iterable[Amounts]) -> Figures:
    """Return the figures of all amounts together, without rates of e-mails (`whole`)."""
    total: dict[str, Amount] = {}
    for each in amounts:
        add(total, each)
    return Figures(amounts=total)


def whole(buckets: Mapping[RollupKey, Amounts]) -> Figures:
    """Return the figures of all buckets together; without any, all are 0 or unknown."""
    return by(buckets, []).get((), Figures(amounts={}))


def _value(bucket: RollupKey, dimension: Dimension) -> str | None:
    if dimension == "day":
        return bucket.hour[: len("2026-03-02")]
    value: str | None = getattr(bucket, dimension)
    return value
