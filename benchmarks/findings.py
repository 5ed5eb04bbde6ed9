"""Count and time Ordercast's functions and a plain implementation. Used by `make bench`."""

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks import ordercast_functions
from benchmarks.aws import endpoint
from benchmarks.aws.account import opened
from benchmarks.aws.stand_in import StandIn
from benchmarks.batches import Orders, Steps, one_call_at_a_time, ours
from benchmarks.budgets import with_two_budgets
from benchmarks.life import CARRIER, HANDSET, Life, life
from benchmarks.measuring import Counts, Times, counted, timed
from benchmarks.plain.one_call_at_a_time import wired as plain_wired
from benchmarks.reading import Reading, reading

LATENCY = 0.010  # seconds a call
ROUNDS = 9
PLAIN_ROUNDS = 3  # each takes as long as thirty of Ordercast's


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCounts:
    """The calls for orders, until they are queued and until they are sent."""

    orders: Orders
    relay: Counts
    send: Counts

    @property
    def a_message(self) -> float:
        """Calls a message, the provider's among them."""
        return (self.relay.total + self.send.total) / self.orders.messages

    @property
    def an_order_relayed(self) -> float:
        """Calls an order in the relay alone."""
        return self.relay.total / self.orders.count


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """The time for orders, in the same two steps."""

    orders: Orders
    relay: Times
    send: Times

    @property
    def cpu(self) -> float:
        """Seconds of the processor an order, both steps."""
        return (self.relay.cpu + self.send.cpu) / self.orders.count


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedAll:
    """Figures that do not depend on the machine; `of_two_budgets` are the calls that they add to a message."""

    texts: CallCounts
    texts_with_contact: CallCounts
    emails: CallCounts
    both: CallCounts
    of_two_budgets: Mapping[str, float]
    plain: CallCounts
    delivered: Life
    carrier_only: Life
    looked_at: Life
    delivered_with_budgets: Life


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedAll:
    """Figures that depend on the machine, from one run."""

    texts: Timed
    plain: Timed
    reading: Reading


def count(*, orders: int) -> CountedAll:
    """Count everything, for batches of so many orders, on a timetable and without a network."""
    aws = StandIn()
    with opened(aws.answer), ordercast_functions.wired(aws.timetable) as functions:

        def calls(channel: str, *, contact: bool = False) -> CallCounts:
            some = Orders(channel=channel, count=orders, contact=contact)
            return _counted(aws, ours(aws, functions, some))

        def of_two_budgets(channel: str) -> float:
            steps = ours(aws, functions, Orders(channel=channel, count=orders))
            without = _counted(aws, steps).a_message
            return _counted(aws, with_two_budgets(functions, steps)).a_message - without

        texts = ours(aws, functions, Orders(channel="sms", count=orders))
        calls("both")  # opens the buckets of pace, which a stage does once
        return CountedAll(
            texts=_counted(aws, texts),
            texts_with_contact=calls("sms", contact=True),
            emails=calls("email"),
            both=calls("both"),
            of_two_budgets={channel: of_two_budgets(channel) for channel in ("sms", "email")},
            plain=_counted(aws, one_call_at_a_time(aws, plain_wired(), texts.orders)),
            delivered=life(aws, functions, texts, says=HANDSET),
            carrier_only=life(aws, functions, texts, says=CARRIER),
            looked_at=life(aws, functions, texts, says=HANDSET, look=True),
            delivered_with_budgets=life(
                aws, functions, with_two_budgets(functions, texts), says=HANDSET
            ),
        )


def time(*, orders: int) -> TimedAll:
    """Time both implementations side by side, each in turn, over real connections."""
    texts = Orders(channel="sms", count=orders)
    with (
        endpoint.running(latency=LATENCY) as aws,
        opened(aws.name, url=aws.url),
        ordercast_functions.wired() as functions,
    ):
        mine = ours(aws, functions, texts)
        plain = one_call_at_a_time(aws, plain_wired(), texts)
        _timed(mine, rounds=1)  # excludes the cold start
        return TimedAll(
            texts=_timed(mine, rounds=ROUNDS),
            plain=_timed(plain, rounds=PLAIN_ROUNDS),
            reading=reading(),
        )


def _counted(aws: StandIn, steps: Steps) -> CallCounts:
    relay = counted(aws, steps.relaying())
    return CallCounts(orders=steps.orders, relay=relay, send=counted(aws, steps.sending()))


def _timed(steps: Steps, *, rounds: int) -> Timed:
    """Time both steps, the best of *rounds*: other load only adds."""
    times = [(timed(steps.relaying()), timed(steps.sending())) for _ in range(rounds)]
    relay, send = (
        Times(wall=min(each.wall for each in step), cpu=min(each.cpu for each in step))
        for step in zip(*times, strict=True)
    )
    return Timed(orders=steps.orders, relay=relay, send=send)
