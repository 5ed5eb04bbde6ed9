"""Play messages against a provider's limits, with the real sender on fakes and a simulated clock.

Used by `python -m tests.pacing.simulated`, which prints the table of `make bench`, and by its tests.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from msgspec import structs

from ordercast.decisions.audience import CONSENT_BY_EVENT
from ordercast.events.order_event import Channel, Priority
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.pacing.holds import Why, held, hold_of
from ordercast.sending.send_rules import QUIET_HOURS
from ordercast.settings.mapping import mapping_of
from ordercast.settings.processors import SendPolicy
from ordercast.templates.words import Words
from ordercast.wiring.send import SenderPorts, send_messages
from ordercast.workflows.send_messages import WAVE_TAKES
from tests.examples import notification, paused
from tests.explorer.deployed.fitting import SWEEP_POLICY
from tests.fakes.accounts import FakeAccounts
from tests.fakes.buckets import FakeBuckets
from tests.fakes.clock import START, CountingToken
from tests.fakes.ledger import FakeLedger
from tests.fakes.receipt_logs import FakeReceiptLogs
from tests.fakes.services import SEND_POLICY, cost, only_route
from tests.fakes.template_versions import FakeTemplateVersions
from tests.pacing.simulated.provider import LimitedProvider
from tests.pacing.simulated.queue import Queue, Send
from tests.pacing.simulated.sweepers import Sweepers
from tests.pacing.simulated.virtual_time import VirtualTime

EXAMPLE = notification()
WORDS = Words(text="Your order is on its way.", subject="On its way")

Arrivals = Iterable[tuple[timedelta, Priority]]
"""When each message comes, in order, and how urgent it is."""

TIMEOUT = timedelta(seconds=60)
LONGEST = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Messages that come as `arrivals` say, against `rate` units a second; the stage is set to `limit`.

    `down` and `quota` are as of `LimitedProvider`, by the time since the start. What is `deferred`
    comes to the ledger instead of a queue, due when it comes, and is released by sweepers. In `quiet`
    hours, whole minutes since the start, a call is one into an outage, unless it was checked before.
    All of it is `paused` for so long from the start. `timeout` is that of the senders.
    """

    name: str
    arrivals: Callable[[], Arrivals]
    rate: float
    limit: int
    down: Callable[[timedelta], bool] = lambda _: False
    quota: Callable[[timedelta], int] | None = None
    outage: timedelta = timedelta()
    deferred: bool = False
    quiet: tuple[timedelta, timedelta] | None = None
    paused: timedelta = timedelta()
    timeout: timedelta = TIMEOUT

    @property
    def at_a_limit(self) -> bool:
        """Whether the provider takes less than the stage is set to."""
        return bool(self.quota) or self.rate < self.limit

    @property
    def has_sweepers(self) -> bool:
        """Whether anything waits on the ledger."""
        return bool(self.deferred or self.quiet or self.paused or self.outage or self.at_a_limit)

    def is_down(self, at: timedelta) -> bool:
        """Tell whether the provider takes nothing."""
        begins, ends = self.quiet or (at, at)
        return self.down(at) or begins + WAVE_TAKES <= at < ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What came of a scenario; shares are between 0 and 1.

    `used` is of the provider's rate between the first message and the last, less its outage;
    `throttled` is of its calls while it was not down; `ahead` is how long the senders would have
    taken for the most that ever waited in the queues, of a scenario with sweepers; `held_receives`
    are those in the second half of a pause.
    """

    messages: int
    sent: int
    parked: int
    twice: int
    used: float
    throttled: float
    outage_calls: int
    receives: float
    high_waits: timedelta
    took: timedelta
    ahead: timedelta
    held_receives: int


def play(scenario: Scenario) -> Played:
    """Run *scenario* to its end."""
    time = VirtualTime(now=START)
    provider = LimitedProvider(
        time=time,
        rate=scenario.rate,
        down=lambda at: scenario.is_down(at - START),
        quota=(lambda at: quota(at - START)) if (quota := scenario.quota) else None,
    )
    ledger, buckets = FakeLedger(), FakeBuckets()
    ports = SenderPorts(
        ledger=ledger,
        receipt_logs=FakeReceiptLogs(),
        buckets=buckets,
        accounts=FakeAccounts(buckets=buckets),
        provider=provider,
        template_versions=FakeTemplateVersions(),
        cost=cost,
        routes=only_route(Channel.EMAIL),
        wait=time.wait,
        now=time,
        token=CountingToken(),
        chance=lambda: 0.5,
        words=lambda _: WORDS,
        send_within=lambda _: LONGEST,
    )
    quiet = _quiet_hours(scenario.quiet)
    policy = structs.replace(SEND_POLICY, rate=scenario.limit, quiet_hours=quiet)
    queues = {each: _queue(time, each, ports, policy, scenario.timeout) for each in Priority}

    def arrive() -> None:
        for number, (after, priority) in enumerate(scenario.arrivals()):
            time.wait(START + after)
            row = _arrived(_message(number, priority, time()), scenario, ledger, time())
            if row.state is State.REQUESTED:
                queues[priority].put(row.id)
            ledger.rows[row.id] = row
        arrived.append(True)

    held_receives = [0]

    def pause() -> None:
        hold = paused(channel=Channel.EMAIL)
        ledger.hold([hold])
        time.wait(START + scenario.paused / 2)
        before = sum(queue.received.total() for queue in queues.values())
        time.wait(START + scenario.paused)
        held_receives[0] = sum(queue.received.total() for queue in queues.values()) - before
        ledger.let_go({hold.id}, at=time())

    arrived: list[bool] = []
    if scenario.paused:
        time.start(pause)
    time.start(arrive)
    for queue in queues.values():
        queue.start()
    sweepers = Sweepers(
        time=time,
        ledger=ledger,
        buckets=buckets,
        queues=queues,
        limit=scenario.limit,
        quiet_hours=quiet,
        quotas=provider,
    )
    if scenario.has_sweepers:
        sweepers.start()
    time.run(
        START + LONGEST,
        done=lambda: bool(arrived) and sum(provider.taken.values()) >= len(ledger.rows),
    )
    ahead = timedelta(seconds=sweepers.longest / scenario.rate)
    played = _played(scenario, ledger, provider, queues.values(), ahead)
    return replace(played, held_receives=held_receives[0])


def _arrived(
    row: Notification, scenario: Scenario, ledger: FakeLedger, now: datetime
) -> Notification:
    """Return *row* as the relay enters it."""
    if scenario.deferred:
        return structs.replace(row, state=State.DEFERRED, rule=QUIET_HOURS, due_at=now)
    hold = hold_of(row, (each for each in ledger.holds if each.why is Why.ACCOUNT))
    return held(row, hold, until=now + LONGEST) if hold else row


def _quiet_hours(quiet: tuple[timedelta, timedelta] | None) -> str:
    """Return them as a stage's settings write them, on the clock of the example's recipient."""
    there = ZoneInfo("America/Los_Angeles")
    return "-".join(f"{(START + each).astimezone(there):%H:%M}" for each in quiet or ())


def _queue(
    time: VirtualTime,
    priority: Priority,
    ports: SenderPorts,
    policy: SendPolicy,
    timeout: timedelta,
) -> Queue:
    mapping = mapping_of(policy.rate, high=priority is Priority.HIGH, timeout=timeout)

    def sender() -> Send:
        # Each execution environment remembers the bucket by itself.
        send = send_messages(Channel.EMAIL, ports, policy)
        return lambda received, time_left: send(received, time_left=time_left)

    return Queue(
        time=time,
        sender=sender,
        concurrency=mapping.concurrency,
        batch=mapping.batch_size,
        timeout=timeout,
    )


def _message(number: int, priority: Priority, at: datetime) -> Notification:
    return structs.replace(
        EXAMPLE,
        id=f"{number:064x}",
        priority=priority,
        occurred_at=at,
        effective_at=at,
        due_at=at + SWEEP_POLICY.republish_after,
        customer_id=None,
        consent=CONSENT_BY_EVENT,
    )


def _played(
    scenario: Scenario,
    ledger: FakeLedger,
    provider: LimitedProvider,
    queues: Iterable[Queue],
    ahead: timedelta,
) -> Played:
    took = provider.taken_at[-1][0] - START
    busy = max((took - scenario.outage).total_seconds(), 1 / scenario.rate)
    outage_calls = (
        provider.refused["EndpointConnectionError"] + provider.refused["LimitExceededException"]
    )
    sent, throttled = sum(provider.taken.values()), provider.refused["Throttling"]
    receives = sum(queue.received.total() for queue in queues)
    return Played(
        messages=len(ledger.rows),
        sent=len(provider.taken),
        parked=sum(row.state is State.PARKED for row in ledger.rows.values()),
        twice=sum(times > 1 for times in provider.taken.values()),
        used=sent / (ceil(busy * scenario.rate)),
        throttled=throttled / (sent + throttled),
        outage_calls=outage_calls,
        receives=receives / len(ledger.rows),
        high_waits=max(
            (w for _, p, w in provider.taken_at if p is Priority.HIGH), default=timedelta()
        ),
        took=took,
        ahead=ahead,
        held_receives=0,
    )
