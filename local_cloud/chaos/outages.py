"""Take the first Region's texts away while urgent ones flow, and look that they go by the second. Started by `make outages`."""

import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

import boto3
from rich.console import Console
from rich.table import Table

from local_cloud.chaos.flow import AMERICAN, ChaosOrder, Wanted, put_all
from local_cloud.chaos.judgement import Judgement, by_order
from local_cloud.chaos.rest import Observation, Rest, wait_for_rest
from local_cloud.cloud import LocalCloud
from local_cloud.environment import REGION
from local_cloud.inbox import SentMessage
from local_cloud.provider_simulator.faults.control import FaultClient
from local_cloud.provider_simulator.faults.fault import FaultKind, ProviderFault
from ordercast.cli.local.clouds import local_target
from ordercast.cli.output.progress import status_line, steps
from ordercast.cli.output.terminal import console
from ordercast.events.order_event import Channel
from ordercast.notifications.notification import Notification
from ordercast.producer import Producer

OUTAGES: Mapping[str, Mapping[FaultKind, float]] = {
    "refused": {FaultKind.DOWN: 1.0},
    "failing": {FaultKind.ERRORS: 0.5, FaultKind.HANGING: 0.5},
}
"""The faults of each kind of outage."""

BEFORE, AFTER = timedelta(seconds=20), timedelta(seconds=30)
"""How long orders flow before and after the outage."""

LATEST = timedelta(seconds=30)
"""Within which an urgent text is with a provider, counted from its acceptance."""

SENDERS = 3
"""Senders of urgent texts that run at a time on a local cloud."""

WAVE = 25
"""Texts that each may have called when the route is closed."""

PROBES_A_MINUTE = 2.0
CLOSES_WITHIN = timedelta(minutes=5)
REST = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageOutcome:
    """What became of an outage's texts; `late` are slower than LATEST, `calls` those that met its faults.

    `away` went by another Region, `closed_after` is how long after the outage the first Region was
    used again, None if it was not.
    """

    kind: str
    outage: timedelta
    rest: Rest
    late: Sequence[Wanted]
    slowest: timedelta
    away: int
    calls: int
    closed_after: timedelta | None

    @property
    def doubts(self) -> int:
        """How many texts are in doubt."""
        return sum(self.rest.judgement.in_doubt.values())

    @property
    def doubts_allowed(self) -> int:
        """How many may be: none where connections are refused, else the waves called before, and probes."""
        if self.kind == "refused":
            return 0
        return WAVE * SENDERS + self._probes

    @property
    def broken(self) -> dict[str, int]:
        """The promises that were broken, and how often."""
        found = dict(self.rest.judgement.broken)
        if self.late:
            found[f"later than {LATEST.total_seconds():.0f} s"] = len(self.late)
        if self.doubts > self.doubts_allowed:
            found["in doubt, beyond those called before the route was closed"] = self.doubts
        if self.calls > WAVE * SENDERS + self._probes:
            found["calls to the first Region, which were to drop to probes"] = self.calls
        if not self.away:
            found["nothing went by the second Region"] = 1
        if self.closed_after is None:
            found["the first Region is not used again"] = 1
        if not self.rest.verified.is_right:
            found["verify finds differences"] = 1
        return found

    @property
    def _probes(self) -> int:
        return round(PROBES_A_MINUTE * (self.outage / timedelta(minutes=1) + 1))


def main(arguments: Sequence[str] | None = None) -> None:
    """Play one outage or both, each on a cloud of its own; exit with 1 where a promise is broken."""
    parser = ArgumentParser(prog="make outages")
    parser.add_argument("--kind", choices=[*OUTAGES, "both"], default="both")
    parser.add_argument("--orders", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=180.0, help="how long the outage is")
    chosen = parser.parse_args(arguments)
    kinds = [*OUTAGES] if chosen.kind == "both" else [chosen.kind]
    broken = False
    for kind in kinds:
        with steps(console) as progress:
            cloud = LocalCloud.start("outage", another=True, progress=progress)
        with cloud:
            with steps(console) as progress:
                cloud.deploy(progress=progress)
            outcome = outage_on(
                cloud,
                kind,
                count=chosen.orders,
                outage=timedelta(seconds=chosen.seconds),
                where=console,
            )
        tell(outcome, console)
        broken |= bool(outcome.broken)
    sys.exit(broken)


def urgent_texts(count: int, *, first: int = 1) -> Iterator[ChaosOrder]:
    """Make up orders that each want one urgent text, from that number on."""
    for number in range(first, first + count):
        order_id = f"chaos-{number:05}"
        event = {
            "order_id": order_id,
            "status": "confirmed",
            "priority": "high",
            "customer_id": f"c-{order_id}",
            "channel": "sms",
            "contact": {"phone": AMERICAN[number % len(AMERICAN)]},
            "fallback": "none",
        }
        yield ChaosOrder(id=order_id, event=event, channels=(Channel.SMS,))


def outage_on(
    cloud: LocalCloud, kind: str, *, count: int, outage: timedelta, where: Console
) -> OutageOutcome:
    """Let texts flow, take the first Region away for a while, and judge when all is at rest."""
    target = local_target(cloud)
    seen = Observation(cloud=cloud, target=target, began=datetime.now(UTC))
    control = FaultClient(endpoint=cloud.provider_endpoint)
    made = list(urgent_texts(count))
    producer = Producer(client=boto3.client("kinesis"), stream=target.names.orders_stream)
    taken_away: list[datetime] = []
    with status_line(where) as show:

        def look(put: int) -> None:
            cloud.check()
            if not taken_away and datetime.now(UTC) - seen.began >= BEFORE:
                control.set(faults_of(kind), duration=outage)
                taken_away.append(datetime.now(UTC))
            show(f"orders put {put:,}/{count:,} · texts sent {seen.new_messages():,}")

        seconds = (BEFORE + outage + AFTER).total_seconds()
        put_all(made, producer, seconds=seconds, chance=Random(0), look=look)  # noqa: S311
        over = taken_away[0] + outage
        again = _used_again(seen, producer, made, over)
        rest = wait_for_rest(seen, made, _explaining(control, kind), within=REST)
    rows = seen.rows()
    late, slowest = _late(rows, seen.messages, rest.judgement, made)
    return OutageOutcome(
        kind=kind,
        outage=outage,
        rest=rest,
        late=late,
        slowest=slowest,
        away=sum(each.region not in {"", REGION} for each in seen.messages),
        calls=sum(each.calls for each in control.show().met),
        closed_after=again - over if again else None,
    )


def faults_of(kind: str) -> list[ProviderFault]:
    """Return the faults of an outage of the first Region's texts."""
    return [
        ProviderFault(provider="sns", region=REGION, kind=fault, value=value)
        for fault, value in OUTAGES[kind].items()
    ]


def _explaining(control: FaultClient, kind: str) -> dict[str, int]:
    """Return the faults that may explain a doubt; a refused connection explains none."""
    calls = {str(each.kind): each.calls for each in control.show().met}
    return calls if kind == "failing" else {}


def _used_again(
    seen: Observation, producer: Producer, made: list[ChaosOrder], over: datetime
) -> datetime | None:
    """Put a text now and then until one goes by the first Region again; *made* gets them, too."""
    limit = time.monotonic() + CLOSES_WITHIN.total_seconds()
    more = urgent_texts(_MORE, first=len(made) + 1)
    while time.monotonic() < limit:
        seen.new_messages()
        if again := [m.at for m in seen.messages if m.region == REGION and m.at > over]:
            return min(again)
        made.append(order := next(more))
        producer.put([order.event])
        time.sleep(_BETWEEN)
    return None


def _late(
    rows: Mapping[Wanted, Notification],
    messages: Sequence[SentMessage],
    judgement: Judgement,
    made: Sequence[ChaosOrder],
) -> tuple[list[Wanted], timedelta]:
    """Return the texts that came later than they may, and how long the slowest took."""
    sent = by_order(messages)
    doubtful = set(judgement.taken)
    waits = {
        each: sent[each][0].at - rows[each].effective_at
        for each in ((order.id, "sms") for order in made)
        if each in sent and each in rows and each not in doubtful
    }
    late = [each for each, wait in waits.items() if wait > LATEST]
    return late, max(waits.values(), default=timedelta())


def tell(outcome: OutageOutcome, where: Console) -> None:
    """Print what became of the texts, and the verdict."""
    judged = outcome.rest.judgement
    again = f"{outcome.closed_after.total_seconds():.0f} s" if outcome.closed_after else "never"
    table = Table("outage", outcome.kind, title_justify="left")
    table.columns[1].justify = "right"
    for name, figure in {
        "seconds": f"{outcome.outage.total_seconds():.0f}",
        "urgent texts": f"{judged.wanted:,}",
        "with a provider": f"{judged.arrived:,}",
        "by the second Region": f"{outcome.away:,}",
        "slowest, from acceptance": f"{outcome.slowest.total_seconds():.1f} s",
        "later than they may": f"{len(outcome.late):,}",
        "in doubt": f"{outcome.doubts:,} (at most {outcome.doubts_allowed:,})",
        "calls that met its faults": "not counted"
        if outcome.kind == "refused"
        else f"{outcome.calls:,}",
        "lost": f"{len(judged.lost):,}",
        "doubled": f"{len(judged.doubled):,}",
        "the first Region is used again after": again,
        "verify": "clean" if outcome.rest.verified.is_right else "finds differences",
        "time to rest": f"{outcome.rest.seconds:.0f} s",
    }.items():
        table.add_row(name, figure)
    where.print(table)
    for name, times in outcome.broken.items():
        where.print(f"[bold red]✗[/] {name}: {times:,}")
    if not outcome.broken:
        where.print("[bold green]✓[/] Every promise held.")


_BETWEEN = 5.0  # seconds
_MORE = 1 + int(CLOSES_WITHIN.total_seconds() / _BETWEEN)


if __name__ == "__main__":
    main()
